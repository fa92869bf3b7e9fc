package dev.berth.build.cache;

import dev.berth.build.dockerfile.RunMount.Sharing;
import dev.berth.engine.state.Trees;
import dev.berth.image.content.RecordFile;
import dev.berth.image.files.TreeSize;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Directories that the builder keeps from build to build, for {@code RUN --mount=type=cache}, each with a record beside it of
 * what it is for. Safe for use by many threads.
 */
public final class CacheDirectories {
    /** As many as share one; who is alone takes all. */
    private static final int ALL = 1 << 20;

    private static final String RECORD = ".json";

    private final Path directory;
    private final Map<String, Semaphore> users = new ConcurrentHashMap<>();
    /** What was measured, which holds until the directory is used again. */
    private final Map<String, Measured> sizes = new ConcurrentHashMap<>();

    private record Measured(Instant lastUsed, long bytes) {}

    public CacheDirectories(Path directory) {
        this.directory = directory;
    }

    /** One that is held until it is closed. */
    public final class Held implements AutoCloseable {
        private final Path path;
        private final boolean isNew;
        private final Semaphore users;
        private final int permits;

        private Held(Path path, boolean isNew, Semaphore users, int permits) {
            this.path = path;
            this.isNew = isNew;
            this.users = users;
            this.permits = permits;
        }

        public Path path() {
            return path;
        }

        /** Whether it was made just now, and is empty. */
        public boolean isNew() {
            return isNew;
        }

        @Override
        public void close() {
            users.release(permits);
        }
    }

    /**
     * Takes a directory, which is made where it is missing.
     *
     * @param name of letters and digits
     * @param description what it is for, as people are shown it
     */
    public Held take(String name, Sharing sharing, String description) throws IOException, InterruptedException {
        int permits = sharing == Sharing.SHARED ? 1 : ALL;
        String free = name;
        Semaphore user = users(free);
        if (sharing == Sharing.PRIVATE) {
            for (int number = 1; !user.tryAcquire(permits); number++) {
                free = name + "-" + number;
                user = users(free);
            }
        } else {
            user.acquire(permits);
        }
        try {
            Path path = directory.resolve(free);
            boolean isNew = !Files.exists(path);
            Files.createDirectories(path);
            note(free, description);
            return new Held(path, isNew, user, permits);
        } catch (IOException | RuntimeException e) {
            user.release(permits);
            throw e;
        }
    }

    private Semaphore users(String name) {
        return users.computeIfAbsent(name, _ -> new Semaphore(ALL, true));
    }

    private synchronized void note(String name, String description) throws IOException {
        Instant now = Instant.now();
        MountRecord record = read(name)
                .map(known -> known.usedAt(now, description))
                .orElseGet(() -> new MountRecord(description, now, now, 1));
        RecordFile.writeVolatile(recordOf(name), record.write());
    }

    /** What is said of one; nothing where it was lost, or is damaged: what is in the directory is worth more. */
    private Optional<MountRecord> read(String name) throws IOException {
        try {
            return Optional.of(MountRecord.read(Files.readAllBytes(recordOf(name))));
        } catch (NoSuchFileException | ImageException e) {
            return Optional.empty();
        }
    }

    private Path recordOf(String name) {
        return directory.resolve(name + RECORD);
    }

    /** One that is there. */
    record Kept(String name, CacheEntry entry) {}

    /** All of them, in no order. One that a build fills just now is as large as it was at the last look, or empty. */
    List<Kept> list() throws IOException {
        List<Kept> all = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (Path each : directories) {
                String name = String.valueOf(each.getFileName());
                Instant made = Files.getLastModifiedTime(each).toInstant();
                MountRecord record = read(name).orElseGet(() -> new MountRecord("cached mount", made, made, 1));
                boolean inUse = users(name).availablePermits() < ALL;
                long bytes = bytes(each, name, record.lastUsed(), inUse);
                all.add(new Kept(name, record.entry(id(name), bytes, inUse)));
            }
        } catch (NoSuchFileException e) {
            return List.of(); // there never was any
        }
        return all;
    }

    private long bytes(Path directory, String name, Instant lastUsed, boolean inUse) throws IOException {
        Measured known = sizes.get(name);
        if (known != null && (inUse || known.lastUsed().equals(lastUsed))) {
            return known.bytes();
        }
        if (inUse) {
            return 0;
        }
        long bytes = TreeSize.of(directory);
        sizes.put(name, new Measured(lastUsed, bytes));
        return bytes;
    }

    private static String id(String name) {
        return Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex().substring(0, CacheEntry.ID_CHARS);
    }

    /** Removes one with all that is in it, unless somebody has it, or has had it since; gives whether it did. */
    boolean remove(Kept kept) throws IOException {
        Semaphore user = users(kept.name());
        if (!user.tryAcquire(ALL)) {
            return false;
        }
        try {
            Optional<MountRecord> now = read(kept.name());
            if (now.isPresent() && now.get().lastUsed().isAfter(kept.entry().lastUsed())) {
                return false;
            }
            Files.deleteIfExists(recordOf(kept.name()));
            Trees.delete(directory.resolve(kept.name()));
            sizes.remove(kept.name());
            return true;
        } finally {
            user.release(ALL);
        }
    }
}
