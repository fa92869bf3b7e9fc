package dev.berth.image.snapshot;

import dev.berth.image.content.ContentStore;
import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.shared.SharedCache;
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

    static final String RECORDS = "snapshots";

    private static final int NAME_DIGITS = 10;
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{" + NAME_DIGITS + "}");

    private final LayerTrees trees;
    private final Path records;
    private final ContentStore content;
    private final Limits limits;
    private final Durability durability;
    /** Records read or written, of snapshots that can be trusted. */
    private final Map<Digest, SnapshotRecord> known = new ConcurrentHashMap<>();
    /** Chain IDs that a thread unpacks; guarded by itself. */
    private final Set<Digest> busy = new HashSet<>();
    /** Unpacking uses up to three threads a layer. */
    private final Semaphore unpackers =
            new Semaphore(Math.max(2, Runtime.getRuntime().availableProcessors()));

    private Snapshots(Path own, Path records, ContentStore content, Limits limits, Optional<SharedCache> cache) {
        this.records = records;
        this.content = content;
        this.limits = limits;
        this.durability = new Durability(own, this::markSynced);
        this.trees =
                new LayerTrees(own, records, cache.map(shared -> new LayerPool(shared, records, durability.bootId())));
    }

    /** Opens the snapshots below the data root, which may be one of a cache's. */
    public static Snapshots open(Path dataRoot, ContentStore content, Limits limits, Optional<SharedCache> cache)
            throws IOException {
        Path own = dataRoot.resolve("l");
        Path records = dataRoot.resolve(RECORDS);
        Files.createDirectories(own);
        Files.createDirectories(records);
        return new Snapshots(own, records, content, limits, cache);
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
            Optional<Path> made = hasOrBorrows(chainId) ? Optional.empty() : makeTree(chainId);
            if (made.isPresent()) {
                Path tree = made.get();
                try {
                    trees.fill(tree, upper);
                    commit(chainId, tree, bytes);
                } catch (IOException | RuntimeException e) { // such as an interrupt while the record is written
                    trees.discard(tree);
                    throw e;
                } finally {
                    trees.end(tree);
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
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(trees.own())) {
            for (Path directory : directories) {
                String name = String.valueOf(directory.getFileName());
                if (isTreesName(name) && trees.claim(name)) { // else somebody is just making it
                    try {
                        if (readRecord(recordFile(name)).isEmpty()) {
                            trees.deleteOwn(name);
                        }
                    } finally {
                        trees.end(directory);
                    }
                }
            }
        }
        if (trees.pool().isPresent()) {
            trees.pool().get().sweep();
        }
    }

    /** Waits until what was unpacked is known to be on the disk. */
    @Override
    public void close() {
        durability.close();
        try {
            if (trees.pool().isPresent()) {
                trees.pool().get().sweep(); // of stores that were taken away, of which no check is made
            }
        } catch (IOException e) {
            // the next one that closes tries again
        }
    }

    /** The trees of a stack that is here, the topmost first. */
    List<Path> lowerDirs(List<Digest> chain) throws IOException {
        if (chain.isEmpty()) {
            return List.of(Files.createDirectories(records.resolveSibling("empty"))); // overlayfs wants at least one
        }
        List<Path> lower = new ArrayList<>();
        for (Digest chainId : chain.reversed()) {
            lower.add(trees.of(record(chainId)
                    .orElseThrow(() -> ImageException.invalid("layer " + chainId + " is not unpacked"))));
        }
        return lower;
    }

    /** Whether the stack of layers with this top is here; where another store of the cache has it, it is here from now on. */
    boolean hasOrBorrows(Digest chainId) throws IOException {
        return has(chainId) || borrow(chainId);
    }

    private boolean borrow(Digest chainId) throws IOException {
        if (trees.pool().isEmpty()) {
            return false;
        }
        LayerPool pool = trees.pool().get();
        for (SnapshotRecord theirs : pool.lent(chainId)) {
            if (pool.decide(theirs.directory(), () -> enterLent(pool, theirs))) {
                return true;
            }
        }
        return false;
    }

    private boolean enterLent(LayerPool pool, SnapshotRecord theirs) throws IOException {
        boolean still = pool.isHeldByOthers(theirs);
        if (still) {
            enter(theirs);
        }
        return still;
    }

    /**
     * Makes an empty directory for a layer's files, in place of what a crash may have left there. It is the caller's until
     * {@link LayerTrees#end}.
     *
     * @return nothing where another store of the cache was just making the layer, which is here now
     */
    Optional<Path> makeTree(Digest chainId) throws IOException {
        if (trees.pool().isPresent()) {
            return trees.pool().get().begin(chainId, () -> borrow(chainId));
        }
        for (String name : names(chainId)) {
            boolean othersRecord = readRecord(recordFile(name))
                    .filter(record -> !record.chainId().equals(chainId))
                    .isPresent();
            if (!othersRecord && trees.claim(name)) {
                return Optional.of(trees.makeOwn(name));
            }
        }
        throw new IOException("no directory name left for layer " + chainId);
    }

    /** Makes the tree a snapshot. */
    void commit(Digest chainId, Path tree, long bytes) throws IOException {
        String name = String.valueOf(tree.getFileName());
        enter(new SnapshotRecord(chainId, name, bytes, durability.bootId(), trees.isShared(tree)));
    }

    private void enter(SnapshotRecord record) throws IOException {
        RecordFile.writeVolatile(recordFile(records, record), record.write());
        known.put(record.chainId(), record);
        if (!record.isSynced()) {
            durability.syncSoon(record.chainId());
        }
    }

    /**
     * Puts a tree in the place of a snapshot's, which is damaged and which nobody uses; the caller has reserved it. A
     * crash in between leaves none of them, and the layer is unpacked when it is next needed.
     */
    void replace(SnapshotRecord damaged, Path fresh, long bytes) throws IOException {
        remove(damaged.chainId(), damaged);
        if (!damaged.shared()) {
            commit(damaged.chainId(), Files.move(fresh, trees.of(damaged)), bytes);
            return;
        }
        Optional<Path> tree = makeTree(damaged.chainId());
        if (tree.isPresent()) {
            try {
                trees.fill(tree.get(), fresh);
                commit(damaged.chainId(), tree.get(), bytes);
            } finally {
                trees.end(tree.get());
            }
        }
    }

    /** Removes a snapshot, which the caller has reserved: first what says that it is whole. */
    void remove(Digest chainId, SnapshotRecord record) throws IOException {
        known.remove(chainId);
        trees.remove(record);
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

    LayerTrees trees() {
        return trees;
    }

    Path records() {
        return records;
    }

    /** Whether what the record speaks of can be trusted in this boot. */
    boolean counts(SnapshotRecord record) {
        return record.countsIn(durability.bootId()) && !trees.isPoolsAndGone(record);
    }

    /** The record on the disk, if there is one that can be trusted. */
    Optional<SnapshotRecord> trusted(Digest chainId) {
        if (trees.pool().isPresent()) {
            Optional<SnapshotRecord> shared = trusted(sharedRecordFile(records, chainId), chainId);
            if (shared.isPresent()) {
                return shared;
            }
        }
        for (String name : names(chainId)) {
            Optional<SnapshotRecord> record = trusted(recordFile(name), chainId);
            if (record.isPresent()) {
                return record;
            }
        }
        return Optional.empty();
    }

    private Optional<SnapshotRecord> trusted(Path file, Digest chainId) {
        return readRecord(file).filter(found -> found.chainId().equals(chainId) && counts(found));
    }

    /** Whether a record may have this name, without its ending. */
    static boolean isRecordsName(String name) {
        return isTreesName(name) || chainId(name).isPresent();
    }

    /** Whose record of the pool's has the name. */
    static Optional<Digest> chainId(String name) {
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            try {
                return Optional.of(new Digest(algorithm, name));
            } catch (IllegalArgumentException e) {
                // of another length
            }
        }
        return Optional.empty();
    }

    /** Whether a tree of this data root alone may have this name. */
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
                RecordFile.write(recordFile(records, record), record.synced().write());
                known.put(chainId, record.synced());
            }
        } catch (NoSuchFileException e) {
            known.remove(chainId); // the data root was taken away
        } finally {
            release(chainId);
        }
    }

    Path recordFile(String name) {
        return recordFile(records, name);
    }

    /** Where a record is: one of the pool's by its layer's chain ID, as trees there have names of no meaning. */
    static Path recordFile(Path records, SnapshotRecord record) {
        return record.shared() ? sharedRecordFile(records, record.chainId()) : recordFile(records, record.directory());
    }

    static Path sharedRecordFile(Path records, Digest chainId) {
        return recordFile(records, chainId.hex());
    }

    static Path recordFile(Path records, String name) {
        return records.resolve(name + ".json");
    }
}
