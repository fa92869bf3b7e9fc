/** What the stores of one cache have together: whom there is to ask, and locks between processes. */
@NullMarked
package dev.berth.image.shared;

import org.jspecify.annotations.NullMarked;
