package dev.berth.conformance;

import dev.berth.cli.json.Json;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.ByteSource;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an image has come to: its configuration, and its files as a container sees them, each at a place of its own. */
final class BuiltImage {
    /** Files older than this keep a time that was given to them. */
    private static final Instant LONG_AGO = Instant.parse("2010-01-01T00:00:00Z");

    private static final int MOST_BYTES = 16 << 20;

    private final Map<String, String> found = new TreeMap<>();

    Map<String, String> found() {
        return found;
    }

    /** What {@code docker inspect} says, but for what no two daemons have in common. */
    void inspected(String json) {
        if (!(Json.parse(json).value() instanceof List<?> list && list.getFirst() instanceof Map<?, ?> image)) {
            throw new AssertionError("not what inspect prints: " + json);
        }
        for (String member : List.of("Config", "Os", "Architecture", "Variant", "Author")) {
            add(member, image.get(member));
        }
        Object files = image.get("RootFS");
        found.put(
                "layers",
                files instanceof Map<?, ?> root && root.get("Layers") instanceof List<?> layers
                        ? "" + layers.size()
                        : "0");
    }

    int layers() {
        return Integer.parseInt(found.getOrDefault("layers", "0"));
    }

    /** To every client, what is missing is as good as what is empty, false or zero. */
    private void add(String path, @Nullable Object value) {
        switch (value) {
            case null -> {}
            case Map<?, ?> map
            when map.values().stream().noneMatch(of -> of instanceof Map<?, ?> inner && inner.isEmpty()) ->
                map.forEach((name, of) -> add(path + "." + name, of));
            case Map<?, ?> names ->
                found.put(
                        path,
                        names.keySet().stream()
                                .map(String::valueOf)
                                .sorted()
                                .toList()
                                .toString());
            case List<?> list -> {
                if (!list.isEmpty()) {
                    found.put(path, list.stream().map(one -> "\"" + one + "\"").collect(Collectors.joining(" ")));
                }
            }
            default -> {
                if (!List.of("", "false", "0").contains(value.toString())) {
                    found.put(path, value.toString().replaceAll("sha256:[0-9a-f]{64}", "sha256:ID"));
                }
            }
        }
    }

    /** What {@code docker export} gives. */
    void exported(Path tar) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(tar))) {
            TarReader reader = new TarReader(ByteSource.of(in), Limits.DEFAULT);
            for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                file(entry.get(), reader);
            }
        }
    }

    private void file(TarEntry entry, TarReader reader) throws IOException {
        StringBuilder text = new StringBuilder(
                entry.type() + " " + Integer.toOctalString(entry.mode()) + " " + entry.uid() + ":" + entry.gid());
        if (entry.type() == TarEntry.Type.FILE) {
            byte[] content = reader.readData(MOST_BYTES);
            text.append(' ')
                    .append(content.length)
                    .append(' ')
                    .append(
                            content.length < 200
                                    ? new String(content, StandardCharsets.UTF_8).replace("\n", "\\n")
                                    : Digest.sha256(content));
        }
        if (!entry.linkTarget().isEmpty()) {
            text.append(" -> ")
                    .append(utf8(entry.linkTarget())
                            .replaceFirst("^/", entry.type() == TarEntry.Type.HARD_LINK ? "" : "/"));
        }
        if (entry.modified().isBefore(LONG_AGO)) {
            text.append(" at ").append(entry.modified().getEpochSecond());
        }
        new TreeMap<>(entry.xattrs())
                .forEach((name, value) -> text.append(' ')
                        .append(name)
                        .append('=')
                        .append(Digest.sha256(value).hex(), 0, 8));
        found.put("/" + utf8(entry.path()).replaceFirst("^\\./|^/", "").replaceFirst("/$", ""), text.toString());
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
