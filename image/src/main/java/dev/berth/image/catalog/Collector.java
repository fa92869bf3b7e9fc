package dev.berth.image.catalog;

import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Keeps blobs and snapshots from being removed while someone is about to need them. Work that adds or reads holds a
 * {@link Session}; what nothing needs any more is removed when none is held, by whoever ends the last one. Safe for use
 * by many threads.
 */
final class Collector {
    /** Removes what is not needed any more of these. */
    interface Sweep {
        void run(Set<Digest> blobs, Set<Digest> chainIds) throws IOException;
    }

    private final Sweep sweep;
    private final Set<Digest> blobs = new LinkedHashSet<>();
    private final Set<Digest> chainIds = new LinkedHashSet<>();
    private int sessions;
    private boolean sweeping;

    Collector(Sweep sweep) {
        this.sweep = sweep;
    }

    /** Holds off removals; waits for one that is under way. */
    synchronized void begin() throws InterruptedIOException {
        awaitNo(Sweeping.ONLY);
        sessions++;
    }

    void end() throws IOException {
        synchronized (this) {
            sessions--;
            notifyAll();
        }
        sweepIfIdle();
    }

    /** Puts forward what may not be needed any more, now or when the last session ends. */
    void release(Set<Digest> moreBlobs, Set<Digest> moreChainIds) throws IOException {
        synchronized (this) {
            blobs.addAll(moreBlobs);
            chainIds.addAll(moreChainIds);
        }
        sweepIfIdle();
    }

    /** Runs something when no session is held and none can begin. */
    void exclusively(Work work) throws IOException {
        synchronized (this) {
            awaitNo(Sweeping.OR_SESSIONS);
            sweeping = true;
        }
        try {
            work.run();
        } finally {
            synchronized (this) {
                sweeping = false;
                notifyAll();
            }
        }
        sweepIfIdle();
    }

    interface Work {
        void run() throws IOException;
    }

    /** What is put forward while somebody sweeps is swept by them. */
    private void sweepIfIdle() throws IOException {
        boolean swept = true;
        while (swept) {
            swept = sweepOnce();
        }
    }

    /** Gives whether there was something to do. */
    private boolean sweepOnce() throws IOException {
        Set<Digest> sweptBlobs;
        Set<Digest> sweptChainIds;
        synchronized (this) {
            if (sessions > 0 || sweeping || (blobs.isEmpty() && chainIds.isEmpty())) {
                return false;
            }
            sweeping = true;
            sweptBlobs = Set.copyOf(blobs);
            sweptChainIds = new LinkedHashSet<>(chainIds);
            blobs.clear();
            chainIds.clear();
        }
        boolean done = false;
        try {
            sweep.run(sweptBlobs, sweptChainIds);
            done = true;
            return true;
        } finally {
            synchronized (this) {
                if (!done) {
                    blobs.addAll(sweptBlobs);
                    chainIds.addAll(sweptChainIds);
                }
                sweeping = false;
                notifyAll();
            }
        }
    }

    private enum Sweeping {
        ONLY,
        OR_SESSIONS
    }

    private void awaitNo(Sweeping what) throws InterruptedIOException {
        while (sweeping || (what == Sweeping.OR_SESSIONS && sessions > 0)) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while images were being removed");
            }
        }
    }
}
