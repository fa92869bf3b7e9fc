/** Layers against hostile tars, and their faithfulness to honest ones. */
@NullMarked
package dev.berth.image.layer;

import org.jspecify.annotations.NullMarked;
