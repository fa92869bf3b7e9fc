package dev.berth.image;

import dev.berth.image.oci.Limits;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.RegistryOptions;

/**
 * How an image store works.
 *
 * @param limits what it takes from outside
 * @param platform whose images are chosen from indexes unless another platform is asked for
 * @param registries how registries are talked to
 */
public record ImageOptions(Limits limits, Platform platform, RegistryOptions registries) {
    public static final ImageOptions DEFAULT =
            new ImageOptions(Limits.DEFAULT, Platform.host(), RegistryOptions.DEFAULT);
}
