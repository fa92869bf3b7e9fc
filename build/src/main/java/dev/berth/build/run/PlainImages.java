package dev.berth.build.run;

import dev.berth.build.cache.BuildCache;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.StepOptions;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
        Digest key = Digest.sha256(("plain\0" + image.id()).getBytes(StandardCharsets.UTF_8));
        Optional<BuildCache.Found> known = cache.find(key);
        if (known.isPresent()) {
            return known.get().image();
        }
        Settings settings = new Settings(image.config().config()).with("Volumes", Map.of());
        StepOptions options = new StepOptions(
                host, settings.config(), "", image.created(), image.config().history(), Optional.empty());
        Image plain = Unbroken.run(() -> store.step(Optional.of(image), Optional.empty(), options));
        cache.put(key, key, plain, "the base for containers of steps", 0);
        return plain;
    }
}
