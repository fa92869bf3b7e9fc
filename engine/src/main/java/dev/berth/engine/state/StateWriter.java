package dev.berth.engine.state;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings changed state to the disk in the background: disks are slow, and most changes are overtaken by the next (of a
 * container that lives for a moment, none need ever be written).
 */
public final class StateWriter implements AutoCloseable {
    /** How long changes are gathered. */
    private static final Duration GATHER = Duration.ofMillis(50);

    private final System.Logger log;
    private final Set<Saved> changed = new LinkedHashSet<>();
    private boolean closed;
    private boolean running;

    public StateWriter(System.Logger log) {
        this.log = log;
    }

    /** Something that has state to be saved. */
    public interface Saved {
        /** Writes the state as it is now and makes it outlast a power loss. */
        void save() throws IOException;
    }

    /** Saves soon. Never blocks on the disk. */
    public synchronized void later(Saved object) {
        if (closed) {
            return;
        }
        changed.add(object);
        if (!running) {
            running = true;
            Thread.ofVirtual().name("berth-state").start(this::work);
        }
    }

    /** Forgets what no longer exists. */
    public synchronized void forget(Saved object) {
        changed.remove(object);
    }

    /** Saves what is left and ends. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            while (running) {
                notifyAll();
                awaitEnd();
            }
        }
        saveAll(taken());
    }

    private void work() {
        while (true) {
            synchronized (this) {
                if (changed.isEmpty() || closed) {
                    running = false;
                    notifyAll();
                    return;
                }
                gather();
            }
            saveAll(taken());
        }
    }

    private void gather() {
        long until = System.nanoTime() + GATHER.toNanos();
        long left = GATHER.toNanos();
        while (left > 0 && !closed) {
            try {
                wait(Math.max(1, left / 1_000_000));
            } catch (InterruptedException e) {
                return;
            }
            left = until - System.nanoTime();
        }
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (running) {
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

    private synchronized List<Saved> taken() {
        List<Saved> all = new ArrayList<>(changed);
        changed.clear();
        return all;
    }

    private void saveAll(List<Saved> objects) {
        for (Saved object : objects) {
            try {
                object.save();
            } catch (IOException | RuntimeException e) {
                log.log(Level.WARNING, "saving the state of " + object + " failed: " + e.getMessage());
            }
        }
    }
}
