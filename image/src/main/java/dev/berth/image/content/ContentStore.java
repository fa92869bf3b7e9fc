package dev.berth.image.content;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.shared.SharedCache;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The blobs of one data root: {@code content/blobs/<algorithm>/<hex>}. What has a name there is whole and on the disk.
 * Blobs under way are in {@code content/ingest}; one whose digest is known beforehand is resumed there, also by the
 * next process, but not after a reboot, because what was not synced may have come to the disk with holes. Safe for use by many threads; one process a data root.
 */
public final class ContentStore {
    private static final String CONTENT = "content";
    private static final String BLOBS = "blobs";
    private static final String INGESTS = "ingest";

    private final Path blobs;
    private final Path ingests;
    /** What names of files begin with that can be resumed. */
    private final String resumable = "blob-" + BootId.current() + "-";

    private final Limits limits;
    private final Optional<LentBlobs> lent;
    /** Digests that a thread is taking in; guarded by itself. */
    private final Set<Digest> busy = new HashSet<>();
    /** How many threads wait to take in a digest; guarded by {@link #busy}. */
    private final Map<Digest, Integer> awaited = new HashMap<>();

    /** Of digests that are being taken in: what has other stores wait for that; guarded by {@link #busy}. */
    private final Map<Digest, SharedCache.Held> waitedFor = new HashMap<>();

    private ContentStore(Path blobs, Path ingests, Limits limits, Optional<LentBlobs> lent) {
        this.blobs = blobs;
        this.ingests = ingests;
        this.limits = limits;
        this.lent = lent;
    }

    /** Opens the store below the data root, makes its directories and removes what was begun and abandoned. */
    public static ContentStore open(Path dataRoot, Limits limits) throws IOException {
        return open(dataRoot, limits, Optional.empty());
    }

    /** As {@link #open(Path, Limits)}, of a store that may have others in the same cache. */
    public static ContentStore open(Path dataRoot, Limits limits, Optional<SharedCache> cache) throws IOException {
        Path content = dataRoot.resolve(CONTENT);
        ContentStore store =
                new ContentStore(content.resolve(BLOBS), content.resolve(INGESTS), limits, cache.map(LentBlobs::new));
        if (!Files.isDirectory(store.ingests)) {
            var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
            Files.createDirectories(content, ownerOnly);
            for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
                Files.createDirectories(store.blobs.resolve(algorithm.prefix()));
            }
            Files.createDirectories(store.ingests);
            RecordFile.syncDirectory(store.blobs);
            RecordFile.syncDirectory(content);
            RecordFile.syncDirectory(dataRoot);
        }
        store.removeAbandoned();
        return store;
    }

    /** Whether the blob is here, whole. */
    public boolean has(Digest digest) {
        return Files.isRegularFile(path(digest));
    }

    /** The blob's size in bytes, if it is here. */
    public OptionalLong size(Digest digest) throws IOException {
        try {
            return OptionalLong.of(Files.size(path(digest)));
        } catch (NoSuchFileException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * The blob for reading from its start; the caller closes it.
     *
     * @throws ImageException NOT_FOUND if it is not here
     */
    public FileChannel open(Digest digest) throws IOException {
        try {
            return FileChannel.open(path(digest), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new ImageException(ImageException.Kind.NOT_FOUND, "no such blob: " + digest, e);
        }
    }

    /**
     * A small blob's bytes.
     *
     * @throws ImageException NOT_FOUND if it is not here, TOO_LARGE if it is longer than the limit
     */
    public byte[] read(Digest digest, int limitBytes) throws IOException {
        try (InputStream in = Files.newInputStream(path(digest))) {
            byte[] bytes = in.readNBytes(limitBytes + 1);
            if (bytes.length > limitBytes) {
                throw ImageException.tooLarge("blob " + digest + " is longer than " + limitBytes + " bytes");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ImageException(ImageException.Kind.NOT_FOUND, "no such blob: " + digest, e);
        }
    }

    /** Where the blob is, or would be. For reading only: the store alone makes and removes files. */
    public Path path(Digest digest) {
        return path(digest, blobs);
    }

    /** Where a blob is in the store of another data root, or would be. */
    public static Path path(Path dataRoot, Digest digest) {
        return path(digest, dataRoot.resolve(CONTENT).resolve(BLOBS));
    }

    private static Path path(Digest digest, Path blobs) {
        return blobs.resolve(digest.algorithm().prefix()).resolve(digest.hex());
    }

    /**
     * Begins to take in a blob whose digest is known, or goes on where a former attempt ended. Waits while another
     * thread takes in the same one. The caller writes what is missing from {@link Ingest#offset} on, commits and closes.
     *
     * @param size the blob's size in bytes; more is refused at once
     * @throws ImageException TOO_LARGE if the size is beyond the limit
     */
    public Ingest ingest(Digest expected, long size) throws IOException {
        if (size > limits.blobBytes()) {
            throw ImageException.tooLarge("blob " + expected + " is announced with " + size + " bytes; at most "
                    + limits.blobBytes() + " are taken");
        }
        reserve(expected);
        try {
            return resume(expected, size);
        } catch (IOException | RuntimeException e) {
            release(expected);
            throw e;
        }
    }

    /**
     * As {@link #ingest(Digest, long)}, of a blob that comes from afar: where another store of the cache has it, it is whole
     * already, and where one is taking it in, that is waited for as long as it gets on.
     */
    public Ingest fetch(Digest expected, long size) throws IOException {
        if (lent.isEmpty() || size > limits.blobBytes()) {
            return ingest(expected, size);
        }
        reserve(expected);
        try {
            if (!has(expected) && !lent.get().borrow(expected, size, path(expected))) {
                Optional<SharedCache.Held> held = lent.get().begin(expected);
                synchronized (busy) {
                    held.ifPresent(lock -> waitedFor.put(expected, lock));
                }
                lent.get().borrow(expected, size, path(expected));
            }
            return resume(expected, size);
        } catch (IOException | RuntimeException e) {
            release(expected);
            throw e;
        }
    }

    private Ingest resume(Digest expected, long size) throws IOException {
        return Ingest.resume(this, underWay(ingests, resumable, expected), expected, size);
    }

    private static Path underWay(Path ingests, String resumable, Digest digest) {
        return ingests.resolve(resumable + digest.algorithm().prefix() + "-" + digest.hex());
    }

    /** How much of a blob another store has taken in so far. */
    static long bytesUnderWay(Path dataRoot, Digest digest) throws IOException {
        Path ingests = dataRoot.resolve(CONTENT).resolve(INGESTS);
        try {
            return Files.size(underWay(ingests, "blob-" + BootId.current() + "-", digest));
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    /**
     * Has a blob that another store of the cache has be here as well; gives whether it is.
     *
     * @param size its size in bytes
     */
    public boolean borrow(Digest digest, long size) throws IOException {
        return has(digest) || (lent.isPresent() && lent.get().borrow(digest, size, path(digest)));
    }

    /** Begins to take in a blob whose SHA-256 digest will be known at its end. */
    public Ingest ingest() throws IOException {
        return Ingest.anonymous(this, Files.createTempFile(ingests, "new-", ""), limits.blobBytes());
    }

    /** Takes in a blob that is in memory. */
    public Digest put(byte[] bytes) throws IOException {
        Digest digest = Digest.sha256(bytes);
        if (!has(digest)) {
            try (Ingest ingest = ingest(digest, bytes.length)) {
                if (!ingest.isWhole()) {
                    ingest.restart();
                    ingest.write(bytes, 0, bytes.length);
                    ingest.commit();
                }
            }
        }
        return digest;
    }

    /** Removes the blob; gives whether it was there. Those who have it open read on undisturbed. */
    public boolean delete(Digest digest) throws IOException {
        return Files.deleteIfExists(path(digest));
    }

    /** Removes a blob whose file is damaged, also from other stores that have the same file. */
    void deleteDamaged(Digest digest) throws IOException {
        if (lent.isPresent()) {
            lent.get().deleteWherever(digest, path(digest));
        }
        delete(digest);
    }

    /** All blobs, in no order. */
    public List<Digest> list() throws IOException {
        List<Digest> digests = new ArrayList<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(algorithm))) {
                for (Path file : files) {
                    named(algorithm, file).ifPresent(digests::add);
                }
            }
        }
        return digests;
    }

    /** Where the blobs of one algorithm are. */
    Path directory(Digest.Algorithm algorithm) {
        return blobs.resolve(algorithm.prefix());
    }

    /** What somebody has put there besides is no blob. */
    private static Optional<Digest> named(Digest.Algorithm algorithm, Path file) {
        try {
            return Optional.of(new Digest(algorithm, String.valueOf(file.getFileName())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether a blob was taken in so long ago that the work it was for is not going to be taken up again. */
    public boolean isStale(Digest digest) throws IOException {
        try {
            Instant oldest = Instant.now().minus(limits.ingestKept());
            return Files.getLastModifiedTime(path(digest)).toInstant().isBefore(oldest);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Gives a synced file its blob's name. */
    void publish(Path file, Digest digest) throws IOException {
        Path target = path(digest);
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        RecordFile.syncDirectory(target.resolveSibling("."));
    }

    /** Lets the next thread take in this digest. */
    void release(Digest digest) {
        synchronized (busy) {
            Optional.ofNullable(waitedFor.remove(digest)).ifPresent(SharedCache.Held::close);
            busy.remove(digest);
            busy.notifyAll();
        }
    }

    /** Whether a thread waits to take in this digest, where the one that does it now will end. */
    boolean isAwaited(Digest digest) {
        synchronized (busy) {
            return awaited.containsKey(digest);
        }
    }

    private void reserve(Digest digest) throws InterruptedIOException {
        synchronized (busy) {
            awaited.merge(digest, 1, Integer::sum);
            try {
                while (!busy.add(digest)) {
                    busy.wait();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while another thread took in blob " + digest);
            } finally {
                awaited.computeIfPresent(digest, (same, count) -> count == 1 ? null : count - 1);
            }
        }
    }

    private void removeAbandoned() throws IOException {
        Instant oldest = Instant.now().minus(limits.ingestKept());
        try (DirectoryStream<Path> files = Files.newDirectoryStream(ingests)) {
            for (Path file : files) {
                boolean ours = String.valueOf(file.getFileName()).startsWith(resumable);
                if (!ours || Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
