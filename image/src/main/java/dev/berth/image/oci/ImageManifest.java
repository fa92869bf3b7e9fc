package dev.berth.image.oci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One image for one platform: its configuration and its layers, the bottom first (OCI image-spec, manifest.md; Docker
 * image manifest version 2 schema 2).
 */
public record ImageManifest(
        String mediaType,
        Descriptor config,
        List<Descriptor> layers,
        Map<String, String> annotations,
        String artifactType,
        RawJson raw) {
    public ImageManifest {
        layers = List.copyOf(layers);
        annotations = Map.copyOf(annotations);
    }

    /** A new manifest. */
    public static ImageManifest of(
            String mediaType, Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 2);
        tree.put("mediaType", mediaType);
        tree.put("config", config.toTree());
        tree.put("layers", layers.stream().map(Descriptor::toTree).toList());
        if (!annotations.isEmpty()) {
            tree.put("annotations", new TreeMap<>(annotations)); // in an order that is the same tomorrow
        }
        return new ImageManifest(mediaType, config, layers, annotations, "", new RawJson(JsonObject.write(tree)));
    }

    /**
     * Reads a manifest.
     *
     * @param mediaType what it was announced as; empty where nothing was said. A document that names another type is
     *     refused, so that no document is read in two ways
     * @throws ImageException INVALID if it has another shape, TOO_LARGE if it exceeds the limits
     */
    public static ImageManifest parse(byte[] json, String mediaType) throws ImageException {
        RawJson raw = new RawJson(json);
        String what = "manifest " + raw.digest();
        checkSize(json, what);
        JsonObject root = JsonObject.parse(json, what);
        String type = checkMediaType(root, what, mediaType, MediaTypes.OCI_MANIFEST);
        if (!MediaTypes.isManifest(type)) {
            throw root.wrong("mediaType", "is " + type + ", which is not an image manifest's");
        }
        if (root.has("manifests") || root.has("fsLayers")) {
            throw ImageException.invalid(what + " has the members of another kind of document too");
        }
        List<Descriptor> layers = new ArrayList<>();
        for (JsonObject layer : root.objects("layers")) {
            layers.add(Descriptor.read(layer));
        }
        if (layers.size() > Limits.DEFAULT.layers()) {
            throw ImageException.tooLarge(
                    what + " has " + layers.size() + " layers; at most " + Limits.DEFAULT.layers() + " can be stacked");
        }
        return new ImageManifest(
                type,
                Descriptor.read(root.requiredObject("config")),
                layers,
                root.stringMap("annotations"),
                root.string("artifactType"),
                raw);
    }

    /** This manifest's own descriptor. */
    public Descriptor descriptor() {
        return new Descriptor(mediaType, raw.digest(), raw.size());
    }

    /** Whether what it leads to are statements about an image, and no files. */
    public boolean isAttestation() {
        return !layers.isEmpty()
                && layers.stream().allMatch(layer -> layer.mediaType().equals(MediaTypes.IN_TOTO));
    }

    static void checkSize(byte[] json, String what) throws ImageException {
        if (json.length > Limits.DEFAULT.manifestBytes()) {
            throw ImageException.tooLarge(what + " is " + json.length + " bytes long; at most "
                    + Limits.DEFAULT.manifestBytes() + " are read");
        }
    }

    /** The document's media type: its own, or as announced, or the given one where neither says. */
    static String checkMediaType(JsonObject root, String what, String announced, String otherwise)
            throws ImageException {
        if (root.requiredLong("schemaVersion") != 2) {
            throw ImageException.invalid(what + " has schemaVersion " + root.requiredLong("schemaVersion")
                    + "; only 2 is supported. Push the image anew with a current tool");
        }
        String own = root.string("mediaType");
        if (own.isEmpty()) {
            return announced.isEmpty() ? otherwise : announced;
        }
        if (!announced.isEmpty() && !announced.equals(own)) {
            throw root.wrong("mediaType", "is " + own + ", but it was announced as " + announced);
        }
        return own;
    }
}
