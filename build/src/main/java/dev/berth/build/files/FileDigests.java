package dev.berth.build.files;

import dev.berth.image.content.RecordFile;
import dev.berth.linux.file.FileStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Digests of files that builds have read in place, by what the kernel tells of a file when it changes: nothing that did not
 * change is read again to find that out. A file a directory, of those that were built last. It can all be made again: what
 * is damaged is as if it were not there. Safe for use by many threads.
 */
public final class FileDigests {
    private static final int MOST_FOLDERS = 32;
    private static final int MOST_FILES = 100_000;
    private static final byte[] HEAD = "berth digests 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST_BYTES = 32;
    private static final int ENTRY_BYTES = 5 * Long.BYTES + 2 * Integer.BYTES + DIGEST_BYTES;
    private static final String ENDING = ".digests";

    private final Path directory;

    /** @param directory made when there is something to keep */
    public FileDigests(Path directory) {
        this.directory = directory;
    }

    /** What is kept of one directory. */
    public record Kept(String id, long bytes, Instant lastUsed) {}

    /** Of all directories, those used last first. */
    public List<Kept> list() throws IOException {
        List<Kept> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                all.add(new Kept(
                        name.substring(0, name.length() - ENDING.length()),
                        Files.size(file),
                        Files.getLastModifiedTime(file).toInstant()));
            }
        } catch (NoSuchFileException e) {
            return List.of(); // there never were any, or somebody forgets them at this moment
        }
        all.sort(Comparator.comparing(Kept::lastUsed).reversed());
        return all;
    }

    /** Forgets those of a directory; gives whether there were any. */
    public synchronized boolean remove(String id) throws IOException {
        return Files.deleteIfExists(file(id));
    }

    /** Those of a directory's files; closing it keeps what has been added. */
    OfFolder of(FileStatus.Identity folder) {
        return new OfFolder(Long.toHexString(folder.device()) + "-" + Long.toHexString(folder.inode()));
    }

    /** One build's view of a directory's. */
    final class OfFolder implements AutoCloseable {
        private final String id;
        private Optional<Map<FileStatus.Identity, byte[]>> before = Optional.empty();
        /** Those that this build has asked for or added, which go first when there are too many. */
        private final Map<FileStatus.Identity, byte[]> used = new LinkedHashMap<>();

        private boolean changed;

        private OfFolder(String id) {
            this.id = id;
        }

        synchronized Optional<byte[]> find(FileStatus.Identity file) throws IOException {
            if (before.isEmpty()) {
                before = Optional.of(load(id));
            }
            Optional<byte[]> found = Optional.ofNullable(before.get().get(file));
            found.ifPresent(digest -> used.put(file, digest));
            return found;
        }

        synchronized void put(FileStatus.Identity file, byte[] digest) {
            used.put(file, digest);
            changed = true;
        }

        @Override
        public synchronized void close() throws IOException {
            if (changed) {
                Map<FileStatus.Identity, byte[]> all = new LinkedHashMap<>(used);
                before.orElse(Map.of()).forEach(all::putIfAbsent);
                save(id, all);
            }
        }
    }

    private Map<FileStatus.Identity, byte[]> load(String id) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file(id));
            Files.setLastModifiedTime(file(id), FileTime.from(Instant.now()));
        } catch (NoSuchFileException e) {
            return Map.of();
        }
        ByteBuffer in = ByteBuffer.wrap(content);
        int entries = (content.length - HEAD.length - Long.BYTES) / ENTRY_BYTES;
        if (content.length != HEAD.length + entries * ENTRY_BYTES + Long.BYTES
                || sum(in.slice(0, content.length - Long.BYTES)) != in.getLong(content.length - Long.BYTES)
                || !in.slice(0, HEAD.length).equals(ByteBuffer.wrap(HEAD))) {
            return Map.of();
        }
        in.position(HEAD.length);
        Map<FileStatus.Identity, byte[]> digests = HashMap.newHashMap(entries);
        for (int i = 0; i < entries; i++) {
            FileStatus.Identity file = new FileStatus.Identity(
                    in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getInt(), in.getLong(), in.getInt());
            byte[] digest = new byte[DIGEST_BYTES];
            in.get(digest);
            digests.put(file, digest);
        }
        return digests;
    }

    private synchronized void save(String id, Map<FileStatus.Identity, byte[]> digests) throws IOException {
        int entries = Math.min(MOST_FILES, digests.size());
        ByteBuffer out = ByteBuffer.allocate(HEAD.length + entries * ENTRY_BYTES + Long.BYTES);
        out.put(HEAD);
        digests.entrySet().stream().limit(entries).forEach(entry -> {
            FileStatus.Identity file = entry.getKey();
            out.putLong(file.device()).putLong(file.inode()).putLong(file.size());
            out.putLong(file.modifiedSeconds()).putInt(file.modifiedNanos());
            out.putLong(file.changedSeconds()).putInt(file.changedNanos());
            out.put(entry.getValue());
        });
        out.putLong(sum(out.slice(0, out.position())));
        Files.createDirectories(directory);
        RecordFile.writeVolatile(file(id), out.array());
        for (Kept kept : list().stream().skip(MOST_FOLDERS).toList()) {
            Files.deleteIfExists(file(kept.id()));
        }
    }

    private static long sum(ByteBuffer bytes) {
        CRC32C sum = new CRC32C();
        sum.update(bytes);
        return sum.getValue();
    }

    private Path file(String id) {
        return directory.resolve(id + ENDING);
    }
}
