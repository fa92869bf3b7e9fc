package dev.berth.build.output;

import dev.berth.image.Image;
import dev.berth.image.oci.Descriptor;
import java.util.List;

/**
 * What a build came to.
 *
 * @param descriptor of the image's manifest; of the index, where there are several
 * @param images one a platform, in the order that the index has
 */
public record BuildResult(Descriptor descriptor, List<Image> images) {
    public BuildResult {
        images = List.copyOf(images);
    }
}
