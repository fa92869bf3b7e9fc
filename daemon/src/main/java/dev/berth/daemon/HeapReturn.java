package dev.berth.daemon;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Gives memory back that only garbage takes. The serial collector, which the daemon has for its small footprint, shrinks
 * the heap when it runs, and it runs when there is no room: the old generation grows towards its limit, a quarter of the
 * host's memory, before it is collected for the first time. So the heap is collected once work has come to rest, and in
 * the middle of work where it has become several times what was alive last time. One collection of the few megabytes
 * that are then alive takes some 10 ms. Closing it ends it.
 */
final class HeapReturn implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final long SMALLEST_BYTES = 64 << 20;
    /** How many times as large as what was alive last time the heap may become. */
    private static final int FACTOR = 3;

    private final Runtime runtime = Runtime.getRuntime();
    private final LongSupplier work;
    private final Thread thread;
    private long limitBytes = SMALLEST_BYTES;

    /** @param work a figure that stands still when nothing is done */
    HeapReturn(LongSupplier work) {
        this.work = work;
        this.thread = Thread.ofVirtual().name("berth-heap").unstarted(this::watch);
    }

    /** Watches from here on. */
    void begin() {
        thread.start();
    }

    private void watch() {
        long restedAt = 0;
        long last = 0;
        try {
            while (true) {
                Thread.sleep(PERIOD);
                long now = work.getAsLong();
                boolean hasComeToRest = now == last && now != restedAt;
                if (hasComeToRest) {
                    restedAt = now;
                }
                if (hasComeToRest || runtime.totalMemory() > limitBytes) {
                    collect();
                }
                last = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void collect() {
        System.gc();
        limitBytes = Math.max(SMALLEST_BYTES, FACTOR * (runtime.totalMemory() - runtime.freeMemory()));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
