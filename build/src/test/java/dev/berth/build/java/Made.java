package dev.berth.build.java;

import dev.berth.image.archive.Assembly;
import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Limits;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** An image that was made on an empty base, and its layers read by somebody else's reader of tars. */
record Made(Assembly.Result result, List<Map<String, TarArchiveEntry>> layers, List<String> contents) {
    /** Makes it below the folder. */
    static Made of(Path folder, JavaSource source, JavaImageOptions options) throws IOException {
        Path work = Files.createTempDirectory(folder, "made");
        ContentStore content = ContentStore.open(work.resolve("store"), Limits.DEFAULT);
        Path scratch = Files.createDirectory(work.resolve("scratch"));
        JavaImage image = new JavaImage(source, new JavaBase.OnImage(emptyBase(content)), options, scratch, line -> {});
        Assembly.Result result;
        try {
            result = image.make(new Assembly(content, digest -> {}));
        } finally {
            try (var left = Files.list(scratch)) {
                if (left.findAny().isPresent()) {
                    throw new AssertionError("something is left in " + scratch);
                }
            }
        }
        List<Map<String, TarArchiveEntry>> layers = new ArrayList<>();
        List<String> contents = new ArrayList<>();
        for (Descriptor layer : result.manifest().layers()) {
            layers.add(entries(content.path(layer.digest()), contents));
        }
        return new Made(result, layers, contents);
    }

    private static dev.berth.image.Image emptyBase(ContentStore content) throws IOException {
        Assembly.Result empty = new Assembly(content, digest -> {})
                .finish(
                        java.time.Instant.EPOCH,
                        dev.berth.image.oci.Platform.host(),
                        dev.berth.image.oci.ContainerConfig.EMPTY);
        return new dev.berth.image.Image(empty.config(), empty.manifest(), List.of(), List.of(), 0, Optional.empty());
    }

    private static Map<String, TarArchiveEntry> entries(Path blob, List<String> contents) throws IOException {
        Map<String, TarArchiveEntry> entries = new LinkedHashMap<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(blob));
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                entries.put(entry.getName(), entry);
                contents.add(entry.getName() + " " + java.util.Arrays.hashCode(tar.readAllBytes()));
            }
        }
        return entries;
    }

    /** The names of a layer's entries that are no folders. */
    List<String> files(int layer) {
        return layers.get(layer).values().stream()
                .filter(entry -> !entry.isDirectory())
                .map(TarArchiveEntry::getName)
                .toList();
    }

    List<String> parts() {
        return result.config().history().stream().map(step -> step.comment()).toList();
    }

    List<String> entrypoint() {
        return result.config().config().entrypoint();
    }
}
