/**
 * Which images are here and by which names, what each needs of blobs and snapshots, and how that goes when nothing
 * needs it any more: {@link dev.berth.image.catalog.ImageStore} is where archives and registries put images.
 */
@NullMarked
package dev.berth.image.catalog;

import org.jspecify.annotations.NullMarked;
