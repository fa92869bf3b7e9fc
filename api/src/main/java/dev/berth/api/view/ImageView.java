package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.image.Image;
import dev.berth.image.ManifestSummary;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.Platform;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An image in the shapes of Docker's JSON. */
public final class ImageView {
    private ImageView() {}

    /**
     * A line of {@code images}.
     *
     * @param containers made of it; -1 where that was not counted
     * @param sharedBytes of layers that other images have too; -1 where that was not counted
     */
    public static Map<String, @Nullable Object> summary(Image image, int containers, long sharedBytes) {
        return JsonTree.of(
                "Id", image.id().toString(),
                "ParentId", "",
                "RepoTags", image.repoTags(),
                "RepoDigests", image.repoDigests(),
                "Created", image.created().getEpochSecond(),
                "Size", image.size(),
                "SharedSize", sharedBytes,
                "Labels", image.config().config().labels(),
                "Containers", containers);
    }

    /** All of {@code inspect}. */
    public static Map<String, @Nullable Object> full(Image image) {
        ImageConfig config = image.config();
        Map<String, @Nullable Object> view = JsonTree.of(
                "Id", image.id().toString(),
                "RepoTags", image.repoTags(),
                "RepoDigests", image.repoDigests(),
                "Parent", "",
                "Comment", config.comment(),
                "Created", image.created().toString(),
                "DockerVersion", config.dockerVersion(),
                "Author", config.author(),
                "Config", config.config().toTree(),
                "Architecture", config.platform().architecture());
        if (!config.platform().variant().isEmpty()) {
            view.put("Variant", config.platform().variant());
        }
        view.putAll(JsonTree.of(
                "Os", config.platform().os(),
                "Size", image.size(),
                "GraphDriver", JsonTree.of("Name", "overlayfs", "Data", null),
                "RootFS",
                        JsonTree.of(
                                "Type",
                                "layers",
                                "Layers",
                                config.diffIds().stream().map(Digest::toString).toList()),
                "Metadata",
                        JsonTree.of(
                                "LastTagTime",
                                image.lastTagged().map(Instant::toString).orElse("0001-01-01T00:00:00Z"))));
        return view;
    }

    /**
     * One manifest of those that an image's name stands for.
     *
     * @param containers ids of those made of it
     */
    public static Map<String, @Nullable Object> manifest(ManifestSummary manifest, List<String> containers) {
        long unpacked = manifest.image().map(Image::size).orElse(0L);
        Map<String, @Nullable Object> view = JsonTree.of(
                "ID", manifest.descriptor().digest().toString(),
                "Descriptor", manifest.descriptor().toTree(),
                "Available", manifest.image().isPresent(),
                "Size", JsonTree.of("Content", manifest.contentBytes(), "Total", manifest.contentBytes() + unpacked));
        boolean known = manifest.image().isPresent()
                || manifest.descriptor()
                        .platform()
                        .filter(p -> !p.os().equals("unknown"))
                        .isPresent();
        if (manifest.descriptor().isAttestation()) {
            view.put("Kind", "attestation");
            view.put(
                    "AttestationData",
                    JsonTree.of(
                            "For",
                            manifest.attestationFor().map(Digest::toString).orElse("")));
        } else if (known) {
            view.put("Kind", "image");
            view.put(
                    "ImageData",
                    JsonTree.of(
                            "Platform",
                            manifest.image()
                                    .map(image -> image.config().platform())
                                    .or(() -> manifest.descriptor().platform())
                                    .map(Platform::toTree)
                                    .orElse(Map.of()),
                            "Containers",
                            containers,
                            "Size",
                            JsonTree.of("Unpacked", unpacked)));
        } else {
            view.put("Kind", "unknown");
        }
        return view;
    }

    /**
     * The steps it was made in, the latest first.
     *
     * @param layerBytes sizes of its unpacked layers, the bottom first
     */
    public static List<Object> history(Image image, List<Long> layerBytes) {
        List<Object> views = new ArrayList<>();
        Iterator<Long> layers = layerBytes.iterator();
        for (History step : image.config().history()) {
            long size = !step.emptyLayer() && layers.hasNext() ? layers.next() : 0;
            views.addFirst(JsonTree.of(
                    "Id",
                    "<missing>",
                    "Created",
                    seconds(step.created()),
                    "CreatedBy",
                    step.createdBy(),
                    "Tags",
                    null,
                    "Size",
                    size,
                    "Comment",
                    step.comment()));
        }
        if (!views.isEmpty() && views.getFirst() instanceof Map<?, ?> latest) {
            Map<String, @Nullable Object> first = JsonTree.of();
            latest.forEach((name, value) -> first.put(String.valueOf(name), value));
            first.put("Id", image.id().toString());
            first.put("Tags", JsonTree.orNull(image.repoTags()));
            views.set(0, first);
        }
        return views;
    }

    private static long seconds(String time) {
        try {
            return time.isEmpty() ? 0 : OffsetDateTime.parse(time).toEpochSecond();
        } catch (DateTimeException e) {
            return 0; // the image's maker wrote something else; there is no time to tell
        }
    }
}
