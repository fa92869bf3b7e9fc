package dev.berth.image.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.oci.Limits;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A place to unpack into, with something beside it that must stay as it is. */
final class Unpacking {
    private final Path dir;
    private final Path target;
    private final Path beside;
    private final Map<String, String> before;

    Unpacking(Path dir) throws IOException {
        this.dir = dir;
        this.target = Files.createDirectory(dir.resolve("snapshot"));
        this.beside = Files.createDirectory(dir.resolve("beside"));
        Files.writeString(beside.resolve("secret"), "secret");
        this.before = picture();
    }

    Path target() {
        return target;
    }

    Path beside() {
        return beside;
    }

    void unpack(byte[] layer) throws IOException {
        unpack(layer, Limits.DEFAULT);
    }

    void unpack(byte[] layer, Limits limits) throws IOException {
        try (UnpackedLayer unpacked =
                LayerUnpacker.unpack(new ByteArrayInputStream(layer), target, limits, bytes -> {})) {
            unpacked.complete(List.of());
        }
    }

    /** Nothing outside of the target has changed. */
    void nothingElseHasChanged() throws IOException {
        assertThat(picture()).isEqualTo(before);
    }

    /** Everything around the target: kinds, links' targets, contents, times. */
    private Map<String, String> picture() throws IOException {
        Map<String, String> picture = new TreeMap<>();
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file :
                    files.filter(f -> !f.startsWith(target) && !f.equals(dir)).toList()) {
                Map<String, Object> all = Files.readAttributes(
                        file, "unix:mode,ino,nlink,uid,gid,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
                picture.put(dir.relativize(file).toString(), new TreeMap<>(all) + content(file));
            }
        }
        return picture;
    }

    private static String content(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.readString(file) : "";
    }
}
