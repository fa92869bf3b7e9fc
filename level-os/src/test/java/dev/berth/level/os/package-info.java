/** Real containers of a real kernel. */
@NullMarked
package dev.berth.level.os;

import org.jspecify.annotations.NullMarked;
