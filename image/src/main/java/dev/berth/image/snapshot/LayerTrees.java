package dev.berth.image.snapshot;

import dev.berth.image.content.RecordFile;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The directories of layers' files: in the data root alone, or where that is one of a cache's, new ones in the pool. One that is
 * being made has its name claimed by a thread. Safe for use by many threads.
 */
final class LayerTrees {
    private final Path own;
    private final Path records;
    private final Optional<LayerPool> pool;
    /** Names of trees under way; guarded by itself. */
    private final Set<String> claimed = new HashSet<>();

    LayerTrees(Path own, Path records, Optional<LayerPool> pool) {
        this.own = own;
        this.records = records;
        this.pool = pool;
    }

    /** Where those of this data root alone are. */
    Path own() {
        return own;
    }

    Optional<LayerPool> pool() {
        return pool;
    }

    /** Where the files of a layer are. */
    Path of(SnapshotRecord record) {
        return (record.shared() && pool.isPresent() ? pool.get().directory() : own).resolve(record.directory());
    }

    boolean isShared(Path tree) {
        return pool.isPresent() && pool.get().has(tree);
    }

    /** Whether a tree of the pool is not there: the pool need not be kept together with the records. */
    boolean isPoolsAndGone(SnapshotRecord record) {
        return record.shared() && !(pool.isPresent() && Files.isDirectory(of(record)));
    }

    /** Takes a tree's name until {@link #end}; false where somebody has it. */
    boolean claim(String name) {
        synchronized (claimed) {
            return claimed.add(name);
        }
    }

    /** Makes an empty tree of a claimed name in this data root, in place of what a crash may have left there. */
    Path makeOwn(String name) throws IOException {
        Files.deleteIfExists(Snapshots.recordFile(records, name));
        deleteOwn(name);
        return Files.createDirectory(own.resolve(name));
    }

    /** Puts a directory in the place of an empty tree. */
    void fill(Path tree, Path files) throws IOException {
        if (isShared(tree)) {
            pool.orElseThrow().fill(tree, files);
        } else {
            Files.delete(tree);
            Files.move(files, tree);
        }
    }

    /** Removes a tree that was being made. */
    void discard(Path tree) throws IOException {
        String name = String.valueOf(tree.getFileName());
        if (isShared(tree)) {
            pool.orElseThrow().remove(name);
        } else {
            deleteOwn(name);
        }
    }

    /** Ends the making of a tree, or the claim to its name. */
    void end(Path tree) {
        String name = String.valueOf(tree.getFileName());
        if (isShared(tree)) {
            pool.orElseThrow().end(name);
        } else {
            synchronized (claimed) {
                claimed.remove(name);
            }
        }
    }

    /** Removes a layer: first what says that it is whole, and files that other stores have not. */
    void remove(SnapshotRecord record) throws IOException {
        if (record.shared() && pool.isPresent()) {
            pool.get().release(record);
            return;
        }
        RecordFile.delete(Snapshots.recordFile(records, record));
        if (!record.shared()) {
            deleteOwn(record.directory());
        }
    }

    /** Removes a directory of this data root alone. */
    void deleteOwn(String name) throws IOException {
        try (Directory directory = Directory.open(own)) {
            directory.deleteTree(name);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
