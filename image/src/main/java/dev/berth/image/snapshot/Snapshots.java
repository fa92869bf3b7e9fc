package dev.berth.image.snapshot;

import dev.berth.image.content.ContentStore;
import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;

/**
 * The unpacked layers of one data root. A layer's files are in {@code l/<name>}, its record with its chain ID in
 * {@code snapshots/<name>.json}; the names are short because overlayfs takes all layers of a root as one option of
 * at most a page.
 *
 * <p>Files are not synced one by one: that would cost more than unpacking them. A record is written when its layer is
 * complete and says in which boot; a sync of the whole file system in the background then marks it as kept. After a
 * power loss, records of another boot that were not marked are void, and their layers are unpacked again from their
 * blobs when next asked for. Opening reads nothing. Safe for use by many threads.
 */
public final class Snapshots implements AutoCloseable {
    /** Where a check unpacks a layer once more. */
    static final String SPARE = "check";

    private static final int NAME_DIGITS = 10;
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{" + NAME_DIGITS + "}");

    private final Path trees;
    private final Path records;
    private final ContentStore content;
    private final Limits limits;
    private final Durability durability;
    /** Records read or written, of snapshots that can be trusted. */
    private final Map<Digest, SnapshotRecord> known = new ConcurrentHashMap<>();
    /** Chain IDs that a thread unpacks; guarded by itself. */
    private final Set<Digest> busy = new HashSet<>();
    /** Names of trees under way; guarded by {@link #busy}. */
    private final Set<String> claimed = new HashSet<>();
    /** Unpacking uses up to three threads a layer. */
    private final Semaphore unpackers =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()));

    private Snapshots(Path trees, Path records, ContentStore content, Limits limits) {
        this.trees = trees;
        this.records = records;
        this.content = content;
        this.limits = limits;
        this.durability = new Durability(trees, this::markSynced);
    }

    /** Opens the snapshots below the data root. */
    public static Snapshots open(Path dataRoot, ContentStore content, Limits limits) throws IOException {
        Path trees = dataRoot.resolve("l");
        Path records = dataRoot.resolve("snapshots");
        Files.createDirectories(trees);
        Files.createDirectories(records);
        return new Snapshots(trees, records, content, limits);
    }

    /** Begins to unpack those of an image's layers that are not here yet. The caller closes the result. */
    public ChainUnpack begin(List<Digest> diffIds) {
        return new ChainUnpack(this, diffIds);
    }

    /** Whether the stack of layers with this top is here. */
    public boolean has(Digest chainId) {
        return record(chainId).isPresent();
    }

    /** The sum of the sizes of the layer's files in bytes, of the top layer alone; 0 if it is not here. */
    public long bytes(Digest chainId) {
        return record(chainId).map(SnapshotRecord::bytes).orElse(0L);
    }

    /**
     * An image's layers as directories for overlayfs, the topmost first; those that are missing are unpacked.
     *
     * @param layers the layers' blobs, the bottom first, as many as diff IDs
     */
    public List<Path> lowerDirs(List<Digest> diffIds, List<Descriptor> layers) throws IOException {
        List<Digest> chain = ChainId.of(diffIds);
        if (!chain.stream().allMatch(this::has)) {
            try (ChainUnpack unpack = begin(diffIds)) {
                for (int i = 0; i < layers.size(); i++) {
                    unpack.unpack(i, layers.get(i), bytes -> {});
                }
                unpack.await();
            }
        }
        return lowerDirs(chain);
    }

    /**
     * Makes a layer of a directory of overlayfs's, which is moved: of one that a container has put its changes into, and
     * will not again.
     *
     * @param chainId of the stack whose top it becomes; the layers below are here
     * @param upper on the data root's file system
     * @param bytes the sum of its files' sizes
     */
    public void adopt(Digest chainId, Path upper, long bytes) throws IOException {
        reserve(chainId);
        try {
            if (!has(chainId)) {
                Path tree = makeTree(chainId);
                try {
                    Files.delete(tree);
                    Files.move(upper, tree);
                    commit(chainId, tree, bytes);
                } catch (IOException | RuntimeException e) { // such as an interrupt while the record is written
                    discard(tree);
                    throw e;
                } finally {
                    endTree(tree);
                }
            }
        } finally {
            release(chainId);
        }
    }

    /** Removes one layer of files; the caller sees to it that no image and no container uses it. */
    public void delete(Digest chainId) throws IOException {
        reserve(chainId);
        try {
            Optional<SnapshotRecord> record = record(chainId);
            known.remove(chainId);
            if (record.isPresent()) {
                remove(chainId, record.get());
            }
        } finally {
            release(chainId);
        }
    }

    /** The chain IDs of all layers that are here, in no order. */
    public List<Digest> list() throws IOException {
        List<Digest> chainIds = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(records, "*.json")) {
            for (Path file : files) {
                readRecord(file).ifPresent(record -> chainIds.add(record.chainId()));
            }
        }
        return chainIds;
    }

    /** Removes trees without a record: what a crash or a power loss has left. Those under way are left alone. */
    public void removeUnfinished() throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(trees)) {
            for (Path directory : directories) {
                String name = String.valueOf(directory.getFileName());
                if (isTreesName(name) && claim(name)) { // else somebody is just making it
                    try {
                        if (readRecord(recordFile(name)).isEmpty()) {
                            deleteTree(name);
                        }
                    } finally {
                        endTree(directory);
                    }
                }
            }
        }
    }

    /** Waits until what was unpacked is known to be on the disk. */
    @Override
    public void close() {
        durability.close();
    }

    /** The trees of a stack that is here, the topmost first. */
    List<Path> lowerDirs(List<Digest> chain) throws IOException {
        if (chain.isEmpty()) {
            return List.of(Files.createDirectories(records.resolveSibling("empty"))); // overlayfs wants at least one
        }
        List<Path> lower = new ArrayList<>();
        for (Digest chainId : chain.reversed()) {
            lower.add(trees.resolve(record(chainId)
                    .orElseThrow(() -> ImageException.invalid("layer " + chainId + " is not unpacked"))
                    .directory()));
        }
        return lower;
    }

    /**
     * Makes an empty directory for a layer's files, in place of what a crash may have left there. Its name is the
     * caller's until {@link #endTree}.
     */
    Path makeTree(Digest chainId) throws IOException {
        for (String name : names(chainId)) {
            Optional<SnapshotRecord> there = readRecord(recordFile(name));
            boolean othersRecord =
                    there.filter(record -> !record.chainId().equals(chainId)).isPresent();
            if (!othersRecord && claim(name)) {
                Files.deleteIfExists(recordFile(name));
                deleteTree(name);
                return Files.createDirectory(trees.resolve(name));
            }
        }
        throw new IOException("no directory name left for layer " + chainId);
    }

    void endTree(Path tree) {
        synchronized (busy) {
            claimed.remove(String.valueOf(tree.getFileName()));
        }
    }

    /** Makes the tree a snapshot. */
    void commit(Digest chainId, Path tree, long bytes) throws IOException {
        SnapshotRecord record =
                new SnapshotRecord(chainId, String.valueOf(tree.getFileName()), bytes, durability.bootId());
        RecordFile.writeVolatile(recordFile(record.directory()), record.write());
        known.put(chainId, record);
        durability.syncSoon(chainId);
    }

    /**
     * Puts a tree in the place of a snapshot's, which is damaged and which nobody uses; the caller has reserved it. A
     * crash in between leaves none of them, and the layer is unpacked when it is next needed.
     */
    void replace(SnapshotRecord damaged, Path fresh, long bytes) throws IOException {
        remove(damaged.chainId(), damaged);
        commit(damaged.chainId(), Files.move(fresh, tree(damaged)), bytes);
    }

    /** Removes a snapshot, which the caller has reserved: first what says that it is whole. */
    void remove(Digest chainId, SnapshotRecord record) throws IOException {
        known.remove(chainId);
        RecordFile.delete(recordFile(record.directory()));
        deleteTree(record.directory());
    }

    /** Removes a tree that did not become a snapshot. */
    void discard(Path tree) throws IOException {
        deleteTree(String.valueOf(tree.getFileName()));
    }

    /** Waits until no other thread unpacks or removes this layer. */
    void reserve(Digest chainId) throws InterruptedIOException {
        synchronized (busy) {
            while (!busy.add(chainId)) {
                try {
                    busy.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted while another thread unpacked layer " + chainId);
                }
            }
        }
    }

    void release(Digest chainId) {
        synchronized (busy) {
            busy.remove(chainId);
            busy.notifyAll();
        }
    }

    ContentStore content() {
        return content;
    }

    Limits limits() {
        return limits;
    }

    Semaphore unpackers() {
        return unpackers;
    }

    Path trees() {
        return trees;
    }

    Path records() {
        return records;
    }

    Path tree(SnapshotRecord record) {
        return trees.resolve(record.directory());
    }

    /** Whether what the record speaks of can be trusted in this boot. */
    boolean counts(SnapshotRecord record) {
        return record.countsIn(durability.bootId());
    }

    /** The record on the disk, if there is one that can be trusted. */
    Optional<SnapshotRecord> trusted(Digest chainId) {
        for (String name : names(chainId)) {
            Optional<SnapshotRecord> record =
                    readRecord(recordFile(name)).filter(found -> found.chainId().equals(chainId) && counts(found));
            if (record.isPresent()) {
                return record;
            }
        }
        return Optional.empty();
    }

    /** Whether a tree of ours may have this name. */
    static boolean isTreesName(String name) {
        return NAME.matcher(name).matches() || name.equals(SPARE);
    }

    private Optional<SnapshotRecord> record(Digest chainId) {
        SnapshotRecord record = known.get(chainId);
        if (record != null) {
            return Optional.of(record);
        }
        Optional<SnapshotRecord> read = trusted(chainId);
        read.ifPresent(found -> {
            known.put(chainId, found);
            if (!found.isSynced()) {
                durability.syncSoon(chainId);
            }
        });
        return read;
    }

    /** The names a layer's tree may have: digits of its chain ID, and others of them where those are taken. */
    private static List<String> names(Digest chainId) {
        List<String> names = new ArrayList<>();
        for (int at = 0; at + NAME_DIGITS <= chainId.hex().length(); at += NAME_DIGITS) {
            names.add(chainId.hex().substring(at, at + NAME_DIGITS));
        }
        return names;
    }

    /** Takes a tree's name until {@link #endTree}; false where somebody has it. */
    boolean claim(String name) {
        synchronized (busy) {
            return claimed.add(name);
        }
    }

    /** A record that is whole; one that a power loss has damaged counts as none. */
    static Optional<SnapshotRecord> readRecord(Path file) {
        try {
            return Optional.of(SnapshotRecord.read(Files.readAllBytes(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** After a sync: records it as kept, unless the snapshot was removed meanwhile. */
    private void markSynced(Digest chainId) throws IOException {
        reserve(chainId);
        try {
            SnapshotRecord record = known.get(chainId);
            if (record != null && !record.isSynced()) {
                RecordFile.write(recordFile(record.directory()), record.synced().write());
                known.put(chainId, record.synced());
            }
        } catch (NoSuchFileException e) {
            known.remove(chainId); // the data root was taken away
        } finally {
            release(chainId);
        }
    }

    private void deleteTree(String name) throws IOException {
        try (Directory directory = Directory.open(trees)) {
            directory.deleteTree(name);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    Path recordFile(String name) {
        return records.resolve(name + ".json");
    }
}
