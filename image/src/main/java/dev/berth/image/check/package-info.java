/** What a check of the store finds, and what becomes of it. The checks themselves are with what they check. */
@NullMarked
package dev.berth.image.check;

import org.jspecify.annotations.NullMarked;
