package dev.berth.image;

import dev.berth.image.oci.Digest;

/** One thing that the removal of an image took away. */
public sealed interface Removed {
    /**
     * A name.
     *
     * @param reference in its familiar form
     * @param image that had it
     */
    record Untagged(String reference, Digest image) implements Removed {}

    /** An image, by its ID. */
    record Deleted(Digest id) implements Removed {}

    /**
     * A stack of layers that no image uses any more, by its chain ID.
     *
     * @param bytes its top layer's files took up
     */
    record DeletedLayer(Digest id, long bytes) implements Removed {}
}
