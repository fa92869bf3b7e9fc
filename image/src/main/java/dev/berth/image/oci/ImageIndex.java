package dev.berth.image.oci;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A list of manifests, mostly one a platform (OCI image-spec, image-index.md; Docker manifest list). */
public record ImageIndex(String mediaType, List<Descriptor> manifests, Map<String, String> annotations, RawJson raw) {
    public ImageIndex {
        manifests = List.copyOf(manifests);
        annotations = Map.copyOf(annotations);
    }

    /** A new index. */
    public static ImageIndex of(String mediaType, List<Descriptor> manifests) {
        return of(mediaType, manifests, Map.of());
    }

    /** A new index. */
    public static ImageIndex of(String mediaType, List<Descriptor> manifests, Map<String, String> annotations) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("schemaVersion", 2);
        tree.put("mediaType", mediaType);
        tree.put("manifests", manifests.stream().map(Descriptor::toTree).toList());
        if (!annotations.isEmpty()) {
            tree.put("annotations", new TreeMap<>(annotations)); // in an order that is the same tomorrow
        }
        return new ImageIndex(mediaType, manifests, annotations, new RawJson(JsonObject.write(tree)));
    }

    /**
     * Reads an index.
     *
     * @param mediaType what it was announced as; empty where nothing was said
     * @throws ImageException INVALID if it has another shape, TOO_LARGE if it exceeds the limits
     */
    public static ImageIndex parse(byte[] json, String mediaType) throws ImageException {
        RawJson raw = new RawJson(json);
        String what = "index " + raw.digest();
        ImageManifest.checkSize(json, what);
        JsonObject root = JsonObject.parse(json, what);
        String type = ImageManifest.checkMediaType(root, what, mediaType, MediaTypes.OCI_INDEX);
        if (!MediaTypes.isIndex(type)) {
            throw root.wrong("mediaType", "is " + type + ", which is not an index's");
        }
        if (root.has("config") || root.has("layers")) {
            throw ImageException.invalid(what + " has the members of another kind of document too");
        }
        List<Descriptor> manifests = new ArrayList<>();
        for (JsonObject manifest : root.objects("manifests")) {
            manifests.add(Descriptor.read(manifest));
        }
        return new ImageIndex(type, manifests, root.stringMap("annotations"), raw);
    }

    /**
     * The manifest for a platform: an exact variant before one left open, the first listed before a later one.
     * Attestations and manifests of unknown platform are never chosen.
     */
    public Optional<Descriptor> forPlatform(Platform wanted) {
        Optional<Descriptor> open = Optional.empty();
        for (Descriptor manifest : manifests) {
            Optional<Platform> platform = manifest.platform().filter(wanted::accepts);
            if (platform.isEmpty()) {
                continue;
            }
            if (platform.get().variant().equals(wanted.variant())) {
                return Optional.of(manifest);
            }
            open = open.isPresent() ? open : Optional.of(manifest);
        }
        return open;
    }

    /** The images listed: neither attestations nor what is for no known platform. */
    public List<Descriptor> images() {
        return manifests.stream()
                .filter(manifest -> !manifest.isAttestation())
                .filter(manifest -> manifest.platform()
                        .filter(platform -> !platform.os().equals("unknown"))
                        .isPresent())
                .toList();
    }

    /** The platforms listed, for messages that say what there is. */
    public String platforms() {
        return manifests.stream()
                .flatMap(manifest -> manifest.platform().stream())
                .filter(platform -> !platform.os().equals("unknown"))
                .map(Platform::toString)
                .collect(Collectors.joining(", "));
    }

    /** This index's own descriptor. */
    public Descriptor descriptor() {
        return new Descriptor(mediaType, raw.digest(), raw.size());
    }
}
