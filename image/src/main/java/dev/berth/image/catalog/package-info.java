/**
 * Which images are here and by which names: one small file an image and one a name, read into memory when first asked
 * for.
 */
@NullMarked
package dev.berth.image.catalog;

import org.jspecify.annotations.NullMarked;
