package dev.berth.image;

import dev.berth.image.oci.Digest;

/** One thing that the removal of an image took away. */
public sealed interface Removed {
    /** A name, in its familiar form. */
    record Untagged(String reference) implements Removed {}

    /** An image, or a stack of layers that no image uses any more, by its chain ID. */
    record Deleted(Digest id) implements Removed {}
}
