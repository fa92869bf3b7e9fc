package dev.berth.daemon;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Gives memory back to the system once work has come to rest. The collector shrinks the heap when it runs, and it runs
 * when there is no room: after thousands of connections, or a large pull, an idle daemon would keep what they took. One
 * collection of the few megabytes that are then alive takes some 10 ms. Closing it ends it.
 */
final class HeapReturn implements AutoCloseable {
    private static final Duration REST = Duration.ofSeconds(5);

    private final LongSupplier work;
    private final Thread thread;

    /** @param work a figure that stands still when nothing is done */
    HeapReturn(LongSupplier work) {
        this.work = work;
        this.thread = Thread.ofVirtual().name("heap").unstarted(this::watch);
    }

    /** Watches from here on. */
    void begin() {
        thread.start();
    }

    private void watch() {
        long collectedAt = 0;
        long last = 0;
        try {
            while (true) {
                Thread.sleep(REST);
                long now = work.getAsLong();
                if (now == last && now != collectedAt) {
                    collectedAt = now;
                    System.gc();
                }
                last = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
