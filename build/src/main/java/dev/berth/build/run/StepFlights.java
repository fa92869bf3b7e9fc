package dev.berth.build.run;

import dev.berth.image.oci.Digest;
import dev.berth.image.shared.SharedCache;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The steps that are being done. Who is about to do the same as another one waits for that, and finds in the cache what it came
 * to; where it failed, or was cancelled, who waited does it. So it is between the engines of a cache, too. Whoever holds a step
 * must wait for no stage. Safe for use by many threads.
 */
final class StepFlights {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_MILLIS = 500;
    /** Another engine does not tell whether it gets on: it may have been stopped by a debugger. */
    private static final Duration PATIENCE_WITH_ENGINES = Duration.ofMinutes(10);

    private final Map<Digest, Flight> flights = new HashMap<>();
    private final Duration patience;
    private final Optional<SharedCache> cache;

    StepFlights() {
        this(PATIENCE);
    }

    /** @param patience how long is waited for a step whose client does not take what it prints */
    StepFlights(Duration patience) {
        this(patience, Optional.empty());
    }

    private StepFlights(Duration patience, Optional<SharedCache> cache) {
        this.patience = patience;
        this.cache = cache;
    }

    /** The steps of an engine that may be one of a cache's. */
    static StepFlights in(Optional<SharedCache> cache) {
        return new StepFlights(PATIENCE, cache);
    }

    /** A step that is held until it is closed. */
    final class Flight implements AutoCloseable {
        private static final long NEVER = 0;

        private final Digest key;
        private volatile long printingSince = NEVER;
        private Optional<SharedCache.Held> held = Optional.empty();

        private Flight(Digest key) {
            this.key = key;
        }

        /** Hands on what the step prints, which may take as long as its client pleases: others need not wait for that. */
        void print(Runnable printing) {
            printingSince = Math.max(NEVER + 1, System.nanoTime());
            try {
                printing.run();
            } finally {
                printingSince = NEVER;
            }
        }

        private boolean isHeldUp() {
            long since = printingSince;
            return since != NEVER && System.nanoTime() - since >= patience.toNanos();
        }

        /** Holds the step among the engines of the cache, once no other one does. */
        private void hold(SharedCache shared) throws InterruptedException {
            long since = System.nanoTime();
            try {
                held = shared.lock(
                        "step-" + key.hex(), () -> System.nanoTime() - since < PATIENCE_WITH_ENGINES.toNanos());
            } catch (InterruptedIOException e) {
                close();
                Thread.interrupted(); // is told by the exception
                throw new InterruptedException(e.getMessage());
            }
        }

        @Override
        public void close() {
            held.ifPresent(SharedCache.Held::close);
            synchronized (flights) {
                flights.remove(key, this);
                flights.notifyAll();
            }
        }
    }

    /** Holds a step, once nobody else does. The caller closes it. */
    Flight begin(Digest key) throws InterruptedException {
        Flight mine = new Flight(key);
        boolean first;
        synchronized (flights) {
            for (Flight other = flights.get(key); other != null && !other.isHeldUp(); other = flights.get(key)) {
                flights.wait(LOOK_AGAIN_MILLIS);
            }
            first = flights.putIfAbsent(key, mine) == null; // beside one that is held up, nobody waits for this one
        }
        if (first && cache.isPresent()) {
            mine.hold(cache.get());
        }
        return mine;
    }
}
