package dev.berth.image.oci;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image's configuration, whose digest is the image's ID (OCI image-spec, config.md; Docker image v1.2).
 *
 * @param created empty where the document does not say
 * @param diffIds digests of the uncompressed layers, the bottom first
 * @param dockerVersion the engine that made it, as old Docker images say
 */
public record ImageConfig(
        Optional<Instant> created,
        String author,
        Platform platform,
        ContainerConfig config,
        List<Digest> diffIds,
        List<History> history,
        String comment,
        String dockerVersion,
        RawJson raw) {
    public ImageConfig {
        diffIds = List.copyOf(diffIds);
        history = List.copyOf(history);
    }

    /** A new configuration; the same values give the same document. */
    public static ImageConfig of(
            Instant created,
            String author,
            String comment,
            Platform platform,
            ContainerConfig config,
            List<Digest> diffIds,
            List<History> history) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("created", created.toString());
        if (!author.isEmpty()) {
            tree.put("author", author);
        }
        if (!comment.isEmpty()) {
            tree.put("comment", comment);
        }
        tree.putAll(platform.toTree());
        tree.put("config", config.toTree());
        Map<String, Object> rootfs = new LinkedHashMap<>(); // the same image gives the same bytes: no order by chance
        rootfs.put("type", "layers");
        rootfs.put("diff_ids", diffIds.stream().map(Digest::toString).toList());
        tree.put("rootfs", rootfs);
        tree.put("history", history.stream().map(History::toTree).toList());
        return new ImageConfig(
                Optional.of(created),
                author,
                platform,
                config,
                diffIds,
                history,
                comment,
                "",
                new RawJson(JsonObject.write(tree)));
    }

    /**
     * Reads a configuration.
     *
     * @throws ImageException INVALID if it has another shape, TOO_LARGE if it exceeds the limits
     */
    public static ImageConfig parse(byte[] json) throws ImageException {
        RawJson raw = new RawJson(json);
        String what = "image configuration " + raw.digest();
        if (json.length > Limits.DEFAULT.configBytes()) {
            throw ImageException.tooLarge(
                    what + " is " + json.length + " bytes long; at most " + Limits.DEFAULT.configBytes() + " are read");
        }
        JsonObject root = JsonObject.parse(json, what);
        JsonObject rootfs = root.requiredObject("rootfs");
        if (!rootfs.requiredString("type").equals("layers")) {
            throw rootfs.wrong("type", "is " + rootfs.string("type") + "; only layers is supported");
        }
        List<Digest> diffIds = new ArrayList<>();
        for (String diffId : rootfs.strings("diff_ids")) {
            diffIds.add(Digest.parse(diffId));
        }
        List<History> history = new ArrayList<>();
        for (JsonObject step : root.objects("history")) {
            history.add(History.read(step));
        }
        Optional<JsonObject> config = root.object("config");
        return new ImageConfig(
                created(root),
                root.string("author"),
                Platform.read(root),
                config.isPresent() ? ContainerConfig.read(config.get()) : ContainerConfig.EMPTY,
                diffIds,
                history,
                root.string("comment"),
                root.string("docker_version"),
                raw);
    }

    /** The image's ID. */
    public Digest id() {
        return raw.digest();
    }

    private static Optional<Instant> created(JsonObject root) throws ImageException {
        String text = root.string("created");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw root.wrong("created", "is not a time of RFC 3339: " + text);
        }
    }
}
