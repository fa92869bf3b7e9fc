package dev.berth.engine.image;

import dev.berth.image.Images;

/**
 * The images, with what the engine knows of them besides: who uses them, and who wants to hear of their changes.
 * Failures are the image module's own ({@link dev.berth.image.oci.ImageException}).
 */
public final class EngineImages {
    /** The images themselves, for what changes nothing: list, find, save. */
    public Images store() {
        throw new IllegalStateException("skeleton");
    }

    /** How many containers, running or not, are made of the image with this id. */
    public int containersOf(String imageId) {
        throw new IllegalStateException("skeleton " + imageId);
    }
}
