package dev.berth.build.run;

import dev.berth.build.cache.BuildCache;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.StepOptions;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images as containers of steps are made of them: without volumes, as what a step writes below them is to stay; and for this
 * host, as files can be copied into an image that cannot run here. The cache keeps them.
 */
final class PlainImages {
    private final Images store;
    private final BuildCache cache;

    PlainImages(Images store, BuildCache cache) {
        this.store = store;
        this.cache = cache;
    }

    /** The image itself, or one of the same layers. */
    Image of(Image image) throws IOException {
        Platform host = Platform.host();
        boolean volumes = !image.config().config().volumes().isEmpty();
        if (!volumes && host.accepts(image.config().platform())) {
            return image;
        }
        Settings settings = new Settings(image.config().config()).with("Volumes", Map.of());
        StepOptions options = new StepOptions(
                host, settings.config(), "", image.created(), image.config().history(), Optional.empty());
        return kept("plain\0" + image.id(), Optional.of(image), options);
    }

    /** One without files. */
    Image ofNothing() throws IOException {
        return kept(
                "nothing",
                Optional.empty(),
                new StepOptions(
                        Platform.host(), ContainerConfig.EMPTY, "", Instant.EPOCH, List.of(), Optional.empty()));
    }

    private Image kept(String identity, Optional<Image> below, StepOptions options) throws IOException {
        Digest key = Digest.sha256(identity.getBytes(StandardCharsets.UTF_8));
        Optional<BuildCache.Found> known = cache.find(key);
        if (known.isPresent()) {
            return known.get().image();
        }
        try (BuildCache.Making _ = cache.making()) {
            Image plain = Unbroken.run(() -> store.step(below, Optional.empty(), options, () -> false));
            cache.put(key, key, plain, "the base for containers of steps", 0);
            return plain;
        }
    }
}
