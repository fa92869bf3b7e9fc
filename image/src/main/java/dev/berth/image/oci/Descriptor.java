package dev.berth.image.oci;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A pointer to a blob: what it is, which it is, and how long (OCI image-spec, descriptor.md).
 *
 * @param size in bytes
 * @param urls where else the blob may be had
 * @param platform what the image behind it runs on; in an index
 */
public record Descriptor(
        String mediaType,
        Digest digest,
        long size,
        List<String> urls,
        Map<String, String> annotations,
        Optional<Platform> platform,
        String artifactType) {
    /** Annotations of what is told about another manifest of the index, as BuildKit has them. */
    public static final String REFERENCE_TYPE = "vnd.docker.reference.type";

    /** The manifest that it is about. */
    public static final String REFERENCE_DIGEST = "vnd.docker.reference.digest";

    /** What it is then. */
    public static final String ATTESTATION = "attestation-manifest";

    public Descriptor {
        urls = List.copyOf(urls);
        annotations = Map.copyOf(annotations);
    }

    public Descriptor(String mediaType, Digest digest, long size) {
        this(mediaType, digest, size, List.of(), Map.of(), Optional.empty(), "");
    }

    /** The descriptor of these bytes. */
    public static Descriptor of(String mediaType, byte[] bytes) {
        return new Descriptor(mediaType, Digest.sha256(bytes), bytes.length);
    }

    /** This descriptor with these annotations instead of its own. */
    public Descriptor withAnnotations(Map<String, String> other) {
        return new Descriptor(mediaType, digest, size, urls, other, platform, artifactType);
    }

    /** This descriptor with a platform. */
    public Descriptor withPlatform(Platform other) {
        return new Descriptor(mediaType, digest, size, urls, annotations, Optional.of(other), artifactType);
    }

    /** Whether it leads to what is told about another manifest of the index, rather than to an image. */
    public boolean isAttestation() {
        return ATTESTATION.equals(annotations.get(REFERENCE_TYPE));
    }

    /** Reads a descriptor; members beyond those known are ignored. */
    public static Descriptor read(JsonObject json) throws ImageException {
        long size = json.requiredLong("size");
        if (size < 0) {
            throw json.wrong("size", "is negative");
        }
        Optional<JsonObject> platform = json.object("platform");
        return new Descriptor(
                json.requiredString("mediaType"),
                json.digest("digest"),
                size,
                json.strings("urls"),
                json.stringMap("annotations"),
                platform.isPresent() ? Optional.of(Platform.read(platform.get())) : Optional.empty(),
                json.string("artifactType"));
    }

    /** The descriptor as a JSON tree. */
    public Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("mediaType", mediaType);
        tree.put("digest", digest.toString());
        tree.put("size", size);
        if (!urls.isEmpty()) {
            tree.put("urls", urls);
        }
        if (!annotations.isEmpty()) {
            tree.put("annotations", new TreeMap<>(annotations)); // in an order that is the same tomorrow
        }
        platform.ifPresent(p -> tree.put("platform", p.toTree()));
        if (!artifactType.isEmpty()) {
            tree.put("artifactType", artifactType);
        }
        return tree;
    }
}
