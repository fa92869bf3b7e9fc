/** Blobs that lie, break off, or find the disk full. */
@NullMarked
package dev.berth.image.content;

import org.jspecify.annotations.NullMarked;
