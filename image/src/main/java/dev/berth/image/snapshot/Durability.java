package dev.berth.image.snapshot;

import dev.berth.image.content.BootId;
import dev.berth.image.oci.Digest;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Brings snapshots to the disk in the background: one sync of the file system for all that were made meanwhile. */
final class Durability implements AutoCloseable {
    /** Says of one snapshot that it has been synced. */
    @FunctionalInterface
    interface Mark {
        void synced(Digest chainId) throws IOException;
    }

    /** Layers of one image come together; a sync for each would slow the others. */
    private static final long GATHER_MILLIS = 500;

    private final Path directory;
    private final Mark mark;
    private final Set<Digest> pending = new LinkedHashSet<>();
    private Optional<Thread> worker = Optional.empty();
    private Optional<String> bootId = Optional.empty();
    private boolean closing;

    Durability(Path directory, Mark mark) {
        this.directory = directory;
        this.mark = mark;
    }

    /** The identity of this run of the kernel. */
    synchronized String bootId() {
        if (bootId.isEmpty()) {
            bootId = Optional.of(BootId.current());
        }
        return bootId.get();
    }

    synchronized void syncSoon(Digest chainId) {
        pending.add(chainId);
        if (worker.isEmpty() && !closing) {
            worker = Optional.of(
                    Thread.ofPlatform().daemon().name("snapshot-sync").start(this::work));
        }
    }

    /** Ends the background work after what is pending is done. */
    @Override
    public void close() {
        Optional<Thread> running;
        synchronized (this) {
            closing = true;
            notifyAll();
            running = worker;
        }
        try {
            if (running.isPresent()) {
                running.get().join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        try {
            for (List<Digest> batch = gather(); !batch.isEmpty(); batch = gather()) {
                try (Directory opened = Directory.open(directory)) {
                    opened.syncFileSystem();
                }
                for (Digest chainId : batch) {
                    mark.synced(chainId);
                }
            }
        } catch (IOException | LinuxException e) {
            // Not marked means made again after a reboot, nothing worse. The next snapshot tries again.
            end();
        }
    }

    private synchronized void end() {
        worker = Optional.empty();
    }

    /** What has gathered; none, and the worker ends, if nothing has. */
    private synchronized List<Digest> gather() {
        try {
            if (!pending.isEmpty() && !closing) {
                wait(GATHER_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Digest> batch = List.copyOf(pending);
        pending.clear();
        if (batch.isEmpty()) {
            worker = Optional.empty();
        }
        return batch;
    }
}
