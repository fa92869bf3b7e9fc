package dev.berth.image;

import dev.berth.image.oci.Limits;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.RegistryOptions;
import dev.berth.image.shared.SharedCache;
import java.util.Optional;

/**
 * How an image store works.
 *
 * @param limits what it takes from outside
 * @param platform whose images are chosen from indexes unless another platform is asked for
 * @param registries how registries are talked to
 * @param cache what it has together with other stores; empty for a store by itself
 */
public record ImageOptions(Limits limits, Platform platform, RegistryOptions registries, Optional<SharedCache> cache) {
    public static final ImageOptions DEFAULT =
            new ImageOptions(Limits.DEFAULT, Platform.host(), RegistryOptions.DEFAULT, Optional.empty());

    /** These options for other registries. */
    public ImageOptions with(RegistryOptions others) {
        return new ImageOptions(limits, platform, others, cache);
    }

    /** These options for one of the stores of a cache. */
    public ImageOptions in(Optional<SharedCache> shared) {
        return new ImageOptions(limits, platform, registries, shared);
    }
}
