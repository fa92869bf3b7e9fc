package dev.berth.image;

import java.util.List;

/**
 * A container that was made of an image.
 *
 * @param containerId its full ID
 * @param running whether it has a process, paused or not
 */
public record ImageUser(String containerId, boolean running) {
    /** Who knows which containers there are. */
    @FunctionalInterface
    public interface Lookup {
        /** The containers of the image, in a stable order. */
        List<ImageUser> of(Image image);
    }
}
