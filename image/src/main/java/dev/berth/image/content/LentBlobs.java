package dev.berth.image.content;

import dev.berth.image.oci.Digest;
import dev.berth.image.shared.SharedCache;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The blobs of a cache's other stores. One of them becomes this store's by a further name: what has a name is whole, nobody
 * changes it, and each store removes its own names alone.
 */
final class LentBlobs {
    /** A writer that gets no further for so long is not waited for: it may be stopped, or its registry be slow. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SharedCache cache;

    LentBlobs(SharedCache cache) {
        this.cache = cache;
    }

    /** Waits while another store takes the blob in, for as long as it gets on; until closed, others wait for this one. */
    Optional<SharedCache.Held> begin(Digest digest) throws IOException {
        Progress progress = new Progress(digest);
        return cache.lock("blob-" + digest.algorithm().prefix() + "-" + digest.hex(), progress::isMade);
    }

    /** Gives the blob a name here where another store has it, of that size; says whether it did. */
    boolean borrow(Digest digest, long size, Path target) throws IOException {
        for (Path root : cache.others()) {
            Path theirs = ContentStore.path(root, digest);
            try {
                if (Files.size(theirs) == size) {
                    Files.createLink(target, theirs);
                    RecordFile.syncDirectory(target.resolveSibling("."));
                    return true;
                }
            } catch (FileAlreadyExistsException e) {
                return true;
            } catch (NoSuchFileException e) {
                // not there, or just removed
            } catch (IOException | UnsupportedOperationException e) {
                return false; // no more names, or none at all on this file system: then it is fetched
            }
        }
        return false;
    }

    /** Takes away also the others' names of a file that is damaged: they would lend it again. */
    void deleteWherever(Digest digest, Path ours) throws IOException {
        for (Path root : cache.others()) {
            Path theirs = ContentStore.path(root, digest);
            if (Files.exists(theirs) && Files.exists(ours) && Files.isSameFile(ours, theirs)) {
                Files.deleteIfExists(theirs);
            }
        }
    }

    /** How far others have come with a blob. */
    private final class Progress {
        private final Digest digest;
        private long bytes = -1;
        private long since = System.nanoTime();

        Progress(Digest digest) {
            this.digest = digest;
        }

        boolean isMade() throws IOException {
            long now = 0;
            for (Path root : cache.others()) {
                now += ContentStore.bytesUnderWay(root, digest);
            }
            if (now != bytes) {
                bytes = now;
                since = System.nanoTime();
            }
            return System.nanoTime() - since < PATIENCE.toNanos();
        }
    }
}
