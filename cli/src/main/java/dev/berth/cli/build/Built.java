package dev.berth.cli.build;

import dev.berth.cli.json.Tree;
import java.util.List;

/**
 * What a build came to.
 *
 * @param id of the image that is meant where no platform is asked for
 * @param images IDs of the images of all platforms, the image's among them
 * @param attestations IDs of what is attested of them
 * @param descriptor of what its name stands for, as JSON has it
 */
public record Built(String id, List<String> images, List<String> attestations, Tree descriptor) {
    public Built {
        images = List.copyOf(images);
        attestations = List.copyOf(attestations);
    }
}
