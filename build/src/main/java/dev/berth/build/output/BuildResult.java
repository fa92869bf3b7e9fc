package dev.berth.build.output;

import dev.berth.image.Image;
import dev.berth.image.oci.Descriptor;
import java.util.ArrayList;
import java.util.List;

/**
 * What a build came to.
 *
 * @param descriptor of the image's manifest; of the index, where there are several, or attestations
 * @param images one a platform, in the order that the index has
 * @param attestations about them, which come behind them in the index
 */
public record BuildResult(Descriptor descriptor, List<Image> images, List<Image> attestations) {
    public BuildResult {
        images = List.copyOf(images);
        attestations = List.copyOf(attestations);
    }

    /** All that belongs together, in the index's order. */
    public List<Image> all() {
        List<Image> all = new ArrayList<>(images);
        all.addAll(attestations);
        return all;
    }
}
