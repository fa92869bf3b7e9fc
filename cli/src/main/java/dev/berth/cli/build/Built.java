package dev.berth.cli.build;

import dev.berth.cli.json.Tree;
import java.util.List;

/**
 * What a build came to.
 *
 * @param id of the image that is meant where no platform is asked for
 * @param images IDs of what belongs together, the image's among them
 * @param descriptor of what its name stands for, as JSON has it
 */
public record Built(String id, List<String> images, Tree descriptor) {
    public Built {
        images = List.copyOf(images);
    }
}
