package dev.berth.image.snapshot;

import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.shared.SharedCache;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.PathLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The trees that the stores of a cache have together. A store holds a tree by its own record of the layer, so that one that
 * is taken away with all its files holds none. No name is given twice, so a record of a tree that is not there any more never
 * comes to mean another one. Whether a tree is held or removed is decided by who has locked its directory: a tree that nobody
 * has locked and nobody holds is what somebody left who died. Safe for use by many threads.
 */
final class LayerPool {
    /** Who makes a tree for longer, its blob being here, is not waited for: the layer is made once more, by another name. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private static final int NAME_DIGITS = 12;
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{" + NAME_DIGITS + "}");

    private final SharedCache cache;
    private final Path ownRecords;
    private final String boot;
    /** What this store is making, by the names of the trees. */
    private final Map<String, Making> making = new ConcurrentHashMap<>();

    /**
     * @param tree the directory's lock
     * @param layer what has other stores wait that are about to make the same
     */
    private record Making(PathLock tree, Optional<SharedCache.Held> layer) {
        void end() {
            tree.close();
            layer.ifPresent(SharedCache.Held::close);
        }
    }

    /** @param boot the identity of this run of the kernel */
    LayerPool(SharedCache cache, Path ownRecords, String boot) {
        this.cache = cache;
        this.ownRecords = ownRecords;
        this.boot = boot;
    }

    Path directory() {
        return cache.layers();
    }

    private Path tree(String name) {
        return directory().resolve(name);
    }

    /** Whether a tree is one of these. */
    boolean has(Path tree) {
        return directory().equals(tree.getParent());
    }

    /** Whether a tree of these may have this name. */
    private static boolean isTreesName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The records of a layer that other stores have, and can trust. */
    List<SnapshotRecord> lent(Digest chainId) throws IOException {
        List<SnapshotRecord> lent = new ArrayList<>();
        for (Path root : cache.others()) {
            read(Snapshots.sharedRecordFile(root.resolve(Snapshots.RECORDS), chainId))
                    .filter(record -> record.chainId().equals(chainId))
                    .ifPresent(lent::add);
        }
        return lent;
    }

    private Optional<SnapshotRecord> read(Path file) {
        return Snapshots.readRecord(file).filter(record -> record.shared() && record.countsIn(boot));
    }

    boolean isHeldByOthers(SnapshotRecord record) throws IOException {
        return lent(record.chainId()).stream()
                .anyMatch(theirs -> theirs.directory().equals(record.directory()));
    }

    /** The names of the trees that stores hold. */
    private Set<String> held() throws IOException {
        Set<String> held = new HashSet<>();
        List<Path> folders = new ArrayList<>(List.of(ownRecords));
        cache.others().forEach(root -> folders.add(root.resolve(Snapshots.RECORDS)));
        for (Path folder : folders) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
                files.forEach(file -> read(file).ifPresent(record -> held.add(record.directory())));
            } catch (NoSuchFileException e) {
                // a slot that was never used, or that is just taken away
            }
        }
        return held;
    }

    /** What is decided while nobody else can change who holds a tree. */
    interface Decision {
        /** Gives whether it was for it. */
        boolean make() throws IOException;
    }

    /** Decides about a tree; gives what was decided, or false where it is not there, or is being made for too long. */
    boolean decide(String name, Decision decision) throws IOException {
        Wait wait = new Wait();
        Optional<PathLock> lock =
                SharedCache.await(() -> tryLock(tree(name)), () -> Files.isDirectory(tree(name)) && wait.lasts());
        if (lock.isEmpty()) {
            return false;
        }
        try (PathLock _ = lock.get()) {
            return decision.make();
        }
    }

    /** Looks for a layer in other stores; gives whether it is here now. */
    interface Look {
        boolean again() throws IOException;
    }

    /**
     * Makes an empty tree; waits while another store makes the same layer. It is this store's to fill until {@link #end}.
     *
     * @param look is done once nobody else makes the layer
     * @return nothing where it was successful
     */
    Optional<Path> begin(Digest chainId, Look look) throws IOException {
        Wait wait = new Wait();
        Optional<SharedCache.Held> layer = cache.lock("layer-" + chainId.hex(), wait::lasts);
        boolean begun = false;
        try {
            if (look.again()) {
                return Optional.empty();
            }
            while (true) {
                String name =
                        HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(), NAME_DIGITS);
                Files.createDirectory(tree(name));
                Optional<PathLock> lock = tryLock(tree(name));
                if (lock.isPresent()) { // else somebody takes it for one that was left, and removes it
                    making.put(name, new Making(lock.get(), layer));
                    begun = true;
                    return Optional.of(tree(name));
                }
            }
        } finally {
            if (!begun) {
                layer.ifPresent(SharedCache.Held::close);
            }
        }
    }

    private static Optional<PathLock> tryLock(Path directory) throws IOException {
        try {
            return PathLock.tryDirectory(directory);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Puts a directory of files in the place of an empty tree that this store is making. */
    void fill(Path tree, Path files) throws IOException {
        String name = String.valueOf(tree.getFileName());
        PathLock lock = tryLock(files).orElseThrow(() -> new IOException("directory " + files + " is in use or gone"));
        try {
            Files.move(files, tree, StandardCopyOption.ATOMIC_MOVE); // in the place of the empty one, or not at all
        } catch (IOException e) {
            lock.close();
            throw e;
        }
        making.computeIfPresent(name, (same, empty) -> {
            empty.tree().close();
            return new Making(lock, empty.layer());
        });
    }

    /** Lets others have the tree's name: it is held by now, or gone. */
    void end(String name) {
        Optional.ofNullable(making.remove(name)).ifPresent(Making::end);
    }

    /** Removes a tree. To be called by who has locked it. */
    void remove(String name) throws IOException {
        try (Directory pool = Directory.open(directory())) {
            pool.deleteTree(name);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Has this store hold a tree no more, and removes it where no other one holds it. */
    void release(SnapshotRecord record) throws IOException {
        Path own = Snapshots.sharedRecordFile(ownRecords, record.chainId());
        boolean decided = decide(record.directory(), () -> {
            RecordFile.delete(own);
            if (!isHeldByOthers(record)) {
                remove(record.directory());
            }
            return true;
        });
        if (!decided) {
            RecordFile.delete(own); // and the tree is left to whoever looks next
        }
    }

    /** Trees that nobody holds or makes: whoever did has died, or his store was taken away. */
    List<Path> orphans() throws IOException {
        List<Path> orphans = new ArrayList<>();
        Set<String> held = held();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(directory())) {
            for (Path directory : directories) {
                String name = String.valueOf(directory.getFileName());
                if (isTreesName(name) && !held.contains(name) && isFree(directory)) {
                    orphans.add(directory);
                }
            }
        }
        return orphans;
    }

    private static boolean isFree(Path directory) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        Optional<PathLock> lock = tryLock(directory);
        lock.ifPresent(PathLock::close);
        return lock.isPresent();
    }

    /** What somebody has put into the pool that is no tree. */
    List<Path> foreign() throws IOException {
        List<Path> foreign = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory())) {
            for (Path entry : entries) {
                if (!isTreesName(String.valueOf(entry.getFileName()))) {
                    foreign.add(entry);
                }
            }
        }
        return foreign;
    }

    /** Removes a tree if it is an orphan still. */
    void removeOrphan(Path orphan) throws IOException {
        String name = String.valueOf(orphan.getFileName());
        decide(name, () -> {
            boolean still = !held().contains(name);
            if (still) {
                remove(name);
            }
            return still;
        });
    }

    /** Removes all orphans, and what those who died have left of locks. */
    void sweep() throws IOException {
        cache.sweepLocks();
        for (Path orphan : orphans()) {
            removeOrphan(orphan);
        }
    }

    /** How long somebody else's work is waited for. */
    private static final class Wait {
        private final long since = System.nanoTime();

        boolean lasts() {
            return System.nanoTime() - since < PATIENCE.toNanos();
        }
    }
}
