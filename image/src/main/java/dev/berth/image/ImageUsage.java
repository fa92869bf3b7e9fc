package dev.berth.image;

import dev.berth.image.oci.Digest;
import java.util.Map;

/**
 * What the images' unpacked layers take up.
 *
 * @param layersBytes all layers, each counted once
 * @param sharedBytes by image: those of its layers that another image has too
 */
public record ImageUsage(long layersBytes, Map<Digest, Long> sharedBytes) {
    public ImageUsage {
        sharedBytes = Map.copyOf(sharedBytes);
    }

    /** Bytes that the image shares with others. */
    public long shared(Image image) {
        return sharedBytes.getOrDefault(image.id(), 0L);
    }
}
