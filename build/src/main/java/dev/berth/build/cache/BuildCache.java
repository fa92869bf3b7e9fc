package dev.berth.build.cache;

import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.shared.SharedCache;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What the steps of all builds came to, by keys of what they were made of; in files, so that it survives restarts. A
 * record that is damaged, by a power loss say, is removed, with a warning; one whose image is gone is none: the step is done
 * again. Safe for use by many threads.
 */
public final class BuildCache {
    private static final String ENDING = ".json";
    /** Where the records are in the data root of one of a cache's stores. */
    private static final String FOLDER = "build/cache";

    private final Path directory;
    private final Images images;
    private final Optional<SharedCache> others;
    private final ReentrantReadWriteLock making = new ReentrantReadWriteLock();

    private BuildCache(Path directory, Images images) {
        this.directory = directory;
        this.images = images;
        this.others = images.cache();
    }

    /** The cache in a directory, which is made where it is missing. */
    public static BuildCache open(Path directory, Images images) throws IOException {
        Files.createDirectories(directory);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (RecordFile.isUnfinished(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return new BuildCache(directory, images);
    }

    /** As long as it is held, there may be images of steps that have no record yet. */
    public interface Making extends AutoCloseable {
        @Override
        void close();
    }

    /** Begins to make images of steps; the thread that has begun it closes it. */
    public Making making() {
        making.readLock().lock();
        return making.readLock()::unlock;
    }

    /** What needs each image of a step to have its record. */
    @FunctionalInterface
    interface Work {
        void run() throws IOException;
    }

    /** Does something while nobody makes images of steps, and none can begin to; nothing where somebody does. One at a time. */
    void unlessAnyIsMade(Work work) throws IOException {
        synchronized (making) {
            if (making.writeLock().tryLock()) {
                try {
                    work.run();
                } finally {
                    making.writeLock().unlock();
                }
            }
        }
    }

    /** What a step came to, and the key that further steps go on from. */
    public record Found(Image image, Digest next) {}

    /** What the step came to when it was last made of the same, here or in another store of the cache. */
    public Optional<Found> find(Digest key) throws IOException {
        Optional<Found> own = findHere(key);
        return own.isEmpty() && others.isPresent() ? findElsewhere(key) : own;
    }

    private synchronized Optional<Found> findHere(Digest key) throws IOException {
        Optional<CacheRecord> record = read(file(key));
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Optional<Image> image = images.byId(record.get().image());
        if (image.isPresent()) {
            write(record.get().usedAt(Instant.now()));
        }
        return image.map(found -> new Found(found, record.get().next()));
    }

    /** What is found has its record here from now on. */
    private Optional<Found> findElsewhere(Digest key) throws IOException {
        for (Path root : others.orElseThrow().others()) {
            Optional<CacheRecord> record = readForeign(root.resolve(FOLDER).resolve(key.hex() + ENDING))
                    .filter(read -> read.key().equals(key));
            Optional<Image> image =
                    record.isPresent() ? images.byIdAnywhere(record.get().image()) : Optional.empty();
            if (image.isPresent()) {
                synchronized (this) {
                    write(record.get().usedAt(Instant.now()));
                }
                return Optional.of(new Found(image.get(), record.get().next()));
            }
        }
        return Optional.empty();
    }

    /** A record that another store keeps, and mends. */
    private static Optional<CacheRecord> readForeign(Path file) {
        try {
            return Optional.of(CacheRecord.read(Files.readAllBytes(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private void write(CacheRecord record) throws IOException {
        RecordFile.writeVolatile(file(record.key()), record.write());
    }

    /** Keeps what a step came to. */
    public synchronized void put(Digest key, Digest next, Image image, String description, long bytes)
            throws IOException {
        Instant now = Instant.now();
        CacheRecord record = new CacheRecord(key, next, image.id(), description, bytes, now, now, 0);
        write(record);
    }

    /** What is free on the disk that the records are on. */
    long freeBytes() throws IOException {
        return Files.getFileStore(directory).getUsableSpace();
    }

    /** All records, those used last first. Those whose images were removed are forgotten. */
    public List<CacheRecord> list() throws IOException {
        List<CacheRecord> records = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + ENDING)) {
            for (Path file : files) {
                Optional<CacheRecord> record = read(file);
                if (record.isPresent() && !forgetIfLost(record.get())) {
                    records.add(record.get());
                }
            }
        }
        records.sort(Comparator.comparing(CacheRecord::lastUsed).reversed());
        return records;
    }

    private synchronized boolean forgetIfLost(CacheRecord record) throws IOException {
        if (images.byId(record.image()).isPresent()) {
            return false;
        }
        remove(record);
        return true;
    }

    /** Forgets what a step came to, unless it was used since; gives whether it did. The image stays. */
    public synchronized boolean remove(CacheRecord record) throws IOException {
        Optional<CacheRecord> now = read(file(record.key()));
        if (now.isEmpty() || now.get().uses() != record.uses()) {
            return false;
        }
        RecordFile.delete(file(record.key()));
        return true;
    }

    private static Optional<CacheRecord> read(Path file) throws IOException {
        try {
            CacheRecord record = CacheRecord.read(Files.readAllBytes(file));
            if (file.endsWith(record.key().hex() + ENDING)) {
                return Optional.of(record);
            }
            forget(file, "it is of another step: " + record.description());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (ImageException e) {
            forget(file, String.valueOf(e.getMessage()));
        }
        return Optional.empty();
    }

    private static void forget(Path file, String reason) throws IOException {
        System.getLogger(BuildCache.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "the build cache''s record {0} is damaged and removed, its step will be done again: {1}",
                        file,
                        reason);
        Files.deleteIfExists(file);
    }

    private Path file(Digest key) {
        return directory.resolve(key.hex() + ENDING);
    }
}
