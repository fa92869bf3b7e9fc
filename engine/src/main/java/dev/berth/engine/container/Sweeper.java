package dev.berth.engine.container;

import dev.berth.engine.state.Trees;
import dev.berth.image.Images;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Removes the files of containers that are no more, in the background: nobody waits for that. What a crash leaves of
 * them has no state any more, and the next engine sweeps it.
 */
public final class Sweeper implements AutoCloseable {
    private final Images images;
    private final System.Logger log;
    private final Queue<Leftover> leftovers = new ArrayDeque<>();
    private boolean sweeping;
    /** The ID of what is just being removed. */
    private String current = "";

    private record Leftover(String id, Path directory, Path sandbox) {}

    public Sweeper(Images images, System.Logger log) {
        this.images = images;
        this.log = log;
    }

    /** Removes a container's changes and directories soon. */
    synchronized void sweep(String id, Path directory, Path sandbox) {
        leftovers.add(new Leftover(id, directory, sandbox));
        if (!sweeping) {
            sweeping = true;
            Thread.ofVirtual().name("berth-sweeper").start(this::work);
        }
    }

    /** Whether a container's files are still to be removed, or just being. */
    synchronized boolean isPending(String id) {
        return id.equals(current)
                || leftovers.stream().anyMatch(leftover -> leftover.id().equals(id));
    }

    /** Waits until all is removed. */
    @Override
    public synchronized void close() {
        boolean interrupted = false;
        while (sweeping) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        for (Leftover next = next(); next != null; next = next()) {
            try {
                images.removeWritable(next.id());
                Trees.delete(next.directory());
                Trees.delete(next.sandbox());
            } catch (IOException | RuntimeException e) {
                log.log(
                        Level.WARNING,
                        "removing the files of container " + Container.shortId(next.id())
                                + " failed, the next start tries again: " + e.getMessage());
            }
        }
    }

    private synchronized @Nullable Leftover next() {
        Leftover next = leftovers.poll();
        current = next == null ? "" : next.id();
        if (next == null) {
            sweeping = false;
            notifyAll();
        }
        return next;
    }
}
