package dev.berth.build.java;

import dev.berth.image.layer.LayerBlob;
import dev.berth.image.oci.ImageException;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Files as a layer that depends on nothing but their names and contents: with the folders that lead to them, in the order
 * of their names, root's, all of one time and with the usual permissions.
 */
final class LayerFiles implements LayerBlob.Entries {
    private static final int FOLDER = 0755;
    private static final int FILE = 0644;
    private static final int PROGRAM = 0755;
    private static final int BUFFER_BYTES = 128 << 10;

    private final Instant time;
    private final boolean programs;
    /** By names of one character a byte; a folder has no content. */
    private final SortedMap<String, Optional<Content>> entries = new TreeMap<>();

    private final Map<String, Integer> modes = new TreeMap<>();

    /**
     * @param files by their paths, without a slash before them
     * @param programs whether what can be executed stays so; else nothing can
     */
    LayerFiles(SortedMap<String, Content> files, boolean programs, Instant time) {
        this.time = time;
        this.programs = programs;
        files.forEach((path, content) -> {
            String raw = raw(path);
            addFolders(raw);
            entries.put(raw, Optional.of(content));
        });
    }

    /** Adds a folder with other permissions than usual. */
    LayerFiles withFolder(String path, int mode) {
        addFolders(path + "/");
        modes.put(path, mode);
        return this;
    }

    private void addFolders(String raw) {
        for (int slash = raw.indexOf('/'); slash > 0; slash = raw.indexOf('/', slash + 1)) {
            entries.putIfAbsent(raw.substring(0, slash), Optional.empty());
        }
    }

    private static String raw(String path) {
        return new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void writeTo(TarWriter tar) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (Map.Entry<String, Optional<Content>> entry : entries.entrySet()) {
            Optional<Content> content = entry.getValue();
            if (content.isPresent()) {
                write(tar, entry.getKey(), content.get(), buffer);
            } else {
                int mode = modes.getOrDefault(entry.getKey(), FOLDER);
                tar.begin(TarEntry.empty(entry.getKey(), TarEntry.Type.DIRECTORY, "", mode, 0, 0, time));
            }
        }
    }

    private void write(TarWriter tar, String path, Content content, byte[] buffer) throws IOException {
        int mode = programs && content.executable() ? PROGRAM : FILE;
        tar.begin(TarEntry.file(path, mode, 0, 0, time, content.size(), Map.of()));
        long written = 0;
        try (InputStream in = content.open()) {
            for (int n = in.readNBytes(buffer, 0, buffer.length); n > 0; n = in.readNBytes(buffer, 0, buffer.length)) {
                written += n;
                if (written > content.size()) {
                    break;
                }
                tar.write(buffer, 0, n);
            }
        }
        if (written != content.size()) {
            throw ImageException.invalid("what becomes /" + path + " has another size than the " + content.size()
                    + " bytes that it is said to have");
        }
    }
}
