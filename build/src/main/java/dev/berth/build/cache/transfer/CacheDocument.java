package dev.berth.build.cache.transfer;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cache as it is written: a manifest of OCI's, whose layers are those of the steps, each once, and whose configuration says
 * which step made which. What is read is held to limits, and to nothing else: what it says is the word of whoever wrote it.
 *
 * @param layers in the manifest's order
 */
record CacheDocument(List<Layer> layers, List<CacheStep> steps) {
    /** What the manifest is, to whoever asks. */
    static final String ARTIFACT_TYPE = "application/vnd.berth.buildcache.v1";

    static final String CONFIG_TYPE = "application/vnd.berth.buildcache.config.v1+json";

    static final int CONFIG_BYTES = Limits.DEFAULT.configBytes();
    private static final int MOST_LAYERS = 10_000;
    private static final int MOST_STEPS = 20_000;
    private static final String NOTHING = "{}";

    /**
     * A layer of a step.
     *
     * @param blob as it is stored
     * @param diffId the digest of its tar
     */
    record Layer(Descriptor blob, Digest diffId) {}

    CacheDocument {
        layers = List.copyOf(layers);
        steps = List.copyOf(steps);
    }

    /** @throws ImageException TOO_LARGE where nobody would read it */
    byte[] config() throws ImageException {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put(
                "diffIds",
                layers.stream().map(layer -> layer.diffId().toString()).toList());
        tree.put("steps", steps.stream().map(CacheStep::toTree).toList());
        byte[] json = JsonObject.write(tree);
        if (json.length > CONFIG_BYTES || layers.size() > MOST_LAYERS || steps.size() > MOST_STEPS) {
            throw ImageException.tooLarge("a cache of " + steps.size() + " steps and " + layers.size()
                    + " layers is too large: write it with mode=min");
        }
        return json;
    }

    /** What a manifest without layers has in their place: some registries want one. */
    static byte[] nothing() {
        return NOTHING.getBytes(StandardCharsets.UTF_8);
    }

    RawJson manifest(byte[] config) {
        List<Map<String, Object>> blobs = new ArrayList<>();
        layers.forEach(layer -> blobs.add(layer.blob().toTree()));
        if (blobs.isEmpty()) {
            blobs.add(Descriptor.of(MediaTypes.OCI_EMPTY, nothing()).toTree());
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 2);
        tree.put("mediaType", MediaTypes.OCI_MANIFEST);
        tree.put("artifactType", ARTIFACT_TYPE);
        tree.put("config", Descriptor.of(CONFIG_TYPE, config).toTree());
        tree.put("layers", blobs);
        return new RawJson(JsonObject.write(tree));
    }

    /** The descriptors of a manifest's layers: there may be more than an image could have. */
    static List<Descriptor> layers(JsonObject manifest) throws ImageException {
        List<Descriptor> layers = new ArrayList<>();
        for (JsonObject layer : manifest.objects("layers")) {
            Descriptor blob = Descriptor.read(layer);
            if (!blob.mediaType().equals(MediaTypes.OCI_EMPTY)) {
                layers.add(blob);
            }
        }
        if (layers.size() > MOST_LAYERS) {
            throw ImageException.tooLarge(
                    "the cache has " + layers.size() + " layers; at most " + MOST_LAYERS + " are taken");
        }
        return layers;
    }

    /** @throws ImageException INVALID, TOO_LARGE */
    static CacheDocument read(byte[] config, List<Descriptor> blobs) throws ImageException {
        JsonObject root = JsonObject.parse(config, "build cache");
        List<String> diffIds = root.strings("diffIds");
        if (diffIds.size() != blobs.size()) {
            throw ImageException.invalid(
                    "the build cache has " + blobs.size() + " layers, and says what " + diffIds.size() + " are");
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            if (!MediaTypes.isLayer(blobs.get(i).mediaType())) {
                throw ImageException.invalid("the build cache has a layer of the type "
                        + blobs.get(i).mediaType() + ", which is none of an image's");
            }
            layers.add(new Layer(blobs.get(i), Digest.parse(diffIds.get(i))));
        }
        return new CacheDocument(layers, steps(root, layers.size()));
    }

    static List<CacheStep> steps(JsonObject root, int layers) throws ImageException {
        List<JsonObject> written = root.objects("steps");
        if (written.size() > MOST_STEPS) {
            throw ImageException.tooLarge(
                    "the build cache has " + written.size() + " steps; at most " + MOST_STEPS + " are taken");
        }
        List<CacheStep> steps = new ArrayList<>();
        for (JsonObject step : written) {
            steps.add(CacheStep.read(step, layers));
        }
        return steps;
    }
}
