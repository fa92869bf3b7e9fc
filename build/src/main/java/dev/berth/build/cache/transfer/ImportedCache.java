package dev.berth.build.cache.transfer;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.RemoteArtifact;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cache that a build was given: what it says is here, its layers are where they are. */
final class ImportedCache {
    private final CachePlace place;
    private final CacheDocument document;
    private final Map<Digest, CacheStep> byKey = new HashMap<>();

    private ImportedCache(CachePlace place, CacheDocument document) {
        this.place = place;
        this.document = document;
        for (CacheStep step : document.steps()) {
            step.keys().forEach(key -> byKey.putIfAbsent(key, step));
        }
    }

    /**
     * Reads what a cache says, or an image with a cache in it.
     *
     * @param platforms whose images are meant of several; each is a cache by itself
     * @throws IOException where it cannot be had, or is none
     */
    static List<ImportedCache> open(CachePlace place, List<Platform> platforms) throws IOException {
        RemoteArtifact.Document document = place.document();
        if (!JsonObject.parse(document.bytes(), "manifest").has("manifests")) {
            return List.of(open(place, document));
        }
        ImageIndex index = ImageIndex.parse(document.bytes(), document.mediaType());
        List<ImportedCache> caches = new ArrayList<>();
        for (Platform platform : platforms) {
            Optional<Descriptor> chosen = index.forPlatform(platform);
            if (chosen.isPresent()) {
                caches.add(open(place, place.document(chosen.get())));
            }
        }
        if (caches.isEmpty()) {
            String wanted =
                    String.join(", ", platforms.stream().map(Platform::toString).toList());
            throw new ImageException(
                    ImageException.Kind.NO_MATCHING_PLATFORM, "it is an index without an image for " + wanted);
        }
        return caches;
    }

    private static ImportedCache open(CachePlace place, RemoteArtifact.Document document) throws IOException {
        JsonObject root = JsonObject.parse(document.bytes(), "manifest");
        Descriptor config = Descriptor.read(root.requiredObject("config"));
        if (config.mediaType().equals(CacheDocument.CONFIG_TYPE)) {
            byte[] json = place.read(config, CacheDocument.CONFIG_BYTES);
            return new ImportedCache(place, CacheDocument.read(json, CacheDocument.layers(root)));
        }
        if (!MediaTypes.isConfig(config.mediaType())) {
            throw ImageException.invalid(
                    "it is no cache of this builder's: its configuration has the type " + config.mediaType());
        }
        ImageManifest manifest = ImageManifest.parse(document.bytes(), document.mediaType());
        return new ImportedCache(place, within(place.read(config, CacheDocument.CONFIG_BYTES), manifest));
    }

    private static CacheDocument within(byte[] config, ImageManifest manifest) throws ImageException {
        List<Digest> diffIds = ImageConfig.parse(config).diffIds();
        JsonObject cache = JsonObject.parse(config, "image configuration")
                .object(InlineCache.MEMBER)
                .orElseThrow(() -> ImageException.invalid(
                        "it is an image without a cache in it: build it with --cache-to type=inline"));
        if (diffIds.size() != manifest.layers().size()) {
            throw ImageException.invalid("the image has " + manifest.layers().size()
                    + " layers, and its configuration lists " + diffIds.size());
        }
        List<CacheDocument.Layer> layers = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            layers.add(new CacheDocument.Layer(manifest.layers().get(i), diffIds.get(i)));
        }
        return new CacheDocument(layers, CacheDocument.steps(cache, layers.size()));
    }

    CachePlace place() {
        return place;
    }

    Optional<CacheStep> find(Digest key) {
        return Optional.ofNullable(byKey.get(key));
    }

    Optional<CacheDocument.Layer> layer(CacheStep step) {
        return step.layer().isPresent()
                ? Optional.of(document.layers().get(step.layer().getAsInt()))
                : Optional.empty();
    }
}
