package dev.berth.daemon;

import java.time.Duration;

/**
 * Gives memory back that only garbage takes. The serial collector, which the daemon has for its small footprint, lets the
 * old generation grow towards its limit, a quarter of the host's memory, before it collects it for the first time; what
 * is alive after weeks of work is a few MiB.
 */
final class HeapTrim {
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final long SMALLEST_BYTES = 64 << 20;
    /** How many times as large as what was alive last time the heap may become. */
    private static final int FACTOR = 3;

    private final Runtime runtime = Runtime.getRuntime();
    private long limitBytes = SMALLEST_BYTES;

    private HeapTrim() {}

    /** Looks from time to time, as long as the process lives. */
    static void start() {
        HeapTrim trim = new HeapTrim();
        Thread.ofVirtual().name("berth-heap").start(trim::work);
    }

    private void work() {
        try {
            while (true) {
                Thread.sleep(PERIOD);
                if (runtime.totalMemory() > limitBytes) {
                    collect();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of a few MiB a collection takes some ten milliseconds; the heap shrinks with it. */
    private void collect() {
        System.gc();
        limitBytes = Math.max(SMALLEST_BYTES, FACTOR * (runtime.totalMemory() - runtime.freeMemory()));
    }
}
