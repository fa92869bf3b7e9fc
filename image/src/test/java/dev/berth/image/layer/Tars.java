package dev.berth.image.layer;

import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarEntry.Type;
import dev.berth.image.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/** Writes tars, honest and other. */
final class Tars {
    static final Instant TIME = Instant.ofEpochSecond(1_500_000_000, 123_456_789);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(bytes);

    Tars file(String path, String text) {
        return file(path, text, 0644, 0, 0, Map.of());
    }

    Tars file(String path, String text, int mode, long uid, long gid, Map<String, byte[]> xattrs) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        return with(() -> {
            tar.begin(TarEntry.file(path, mode, uid, gid, TIME, content.length, xattrs));
            tar.write(content, 0, content.length);
        });
    }

    Tars directory(String path, int mode) {
        return with(() -> tar.begin(TarEntry.empty(path, Type.DIRECTORY, "", mode, 0, 0, TIME)));
    }

    Tars symlink(String path, String target) {
        return with(() -> tar.begin(TarEntry.empty(path, Type.SYMLINK, target, 0777, 0, 0, TIME)));
    }

    Tars hardLink(String path, String target) {
        return with(() -> tar.begin(TarEntry.empty(path, Type.HARD_LINK, target, 0644, 0, 0, TIME)));
    }

    Tars device(String path, Type type, int major, int minor) {
        return with(
                () -> tar.begin(TarEntry.empty(path, type, "", 0600, 0, 0, TIME).withDevice(major, minor)));
    }

    byte[] bytes() {
        with(tar::close);
        return bytes.toByteArray();
    }

    private interface Step {
        void run() throws IOException;
    }

    private Tars with(Step step) {
        try {
            step.run();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
