package dev.berth.build.output;

import dev.berth.image.Image;
import dev.berth.image.oci.Descriptor;
import java.util.List;

/**
 * What a build came to.
 *
 * @param descriptor of the image's manifest
 * @param images it, by itself
 */
public record BuildResult(Descriptor descriptor, List<Image> images) {
    public BuildResult {
        images = List.copyOf(images);
    }
}
