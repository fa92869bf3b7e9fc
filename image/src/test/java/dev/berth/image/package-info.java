/** The image store as its users see it. */
@NullMarked
package dev.berth.image;

import org.jspecify.annotations.NullMarked;
