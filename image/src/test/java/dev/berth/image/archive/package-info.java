/** Archives that make no sense. */
@NullMarked
package dev.berth.image.archive;

import org.jspecify.annotations.NullMarked;
