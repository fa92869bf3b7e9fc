/** A container's files, whether it runs or not: looked at, taken out and brought in as archives. */
@NullMarked
package dev.berth.image.files;

import org.jspecify.annotations.NullMarked;
