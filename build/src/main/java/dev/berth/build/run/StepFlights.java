package dev.berth.build.run;

import dev.berth.image.oci.Digest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * The steps that are being done. Who is about to do the same as another one waits for that, and finds in the cache what it came
 * to; where it failed, or was cancelled, who waited does it. Whoever holds a step must wait for no stage. Safe for use by many
 * threads.
 */
final class StepFlights {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_MILLIS = 500;

    private final Map<Digest, Flight> flights = new HashMap<>();
    private final Duration patience;

    StepFlights() {
        this(PATIENCE);
    }

    /** @param patience how long is waited for a step whose client does not take what it prints */
    StepFlights(Duration patience) {
        this.patience = patience;
    }

    /** A step that is held until it is closed. */
    final class Flight implements AutoCloseable {
        private static final long NEVER = 0;

        private final Digest key;
        private volatile long printingSince = NEVER;

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

        @Override
        public void close() {
            synchronized (flights) {
                flights.remove(key, this);
                flights.notifyAll();
            }
        }
    }

    /** Holds a step, once nobody else does. The caller closes it. */
    Flight begin(Digest key) throws InterruptedException {
        Flight mine = new Flight(key);
        synchronized (flights) {
            for (Flight other = flights.get(key); other != null && !other.isHeldUp(); other = flights.get(key)) {
                flights.wait(LOOK_AGAIN_MILLIS);
            }
            flights.putIfAbsent(key, mine); // beside one that is held up, nobody waits for this one
        }
        return mine;
    }
}
