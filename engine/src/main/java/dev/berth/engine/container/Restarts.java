package dev.berth.engine.container;

import dev.berth.engine.config.RestartPolicy;
import java.time.Duration;
import java.util.Optional;

/**
 * Restarts by policy: whether there is one, and after which pause.
 *
 * @param pause before the last one
 * @param timer what waits for the next one, if anything does
 */
record Restarts(Duration pause, Optional<Thread> timer) {
    static final Restarts NONE = new Restarts(Duration.ZERO, Optional.empty());

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    /** After a run of this length, the pauses begin anew. */
    private static final Duration GOOD_RUN = Duration.ofSeconds(10);

    /** Whether a container that has ended by itself is started again. */
    static boolean follows(RestartPolicy policy, State before, int exitCode) {
        return !before.stoppedByHand()
                && switch (policy.name()) {
                    case "always", "unless-stopped" -> true;
                    case "on-failure" -> exitCode != 0 && hasTriesLeft(policy, before);
                    default -> false;
                };
    }

    /** Whether a container that the last engine left, or had to end, is started by the next one. */
    static boolean followsOpening(RestartPolicy policy, State left) {
        return left.startedAt().isPresent()
                && switch (policy.name()) {
                    case "always" -> true;
                    case "unless-stopped" -> !left.stoppedByHand();
                    case "on-failure" -> !left.stoppedByHand() && left.exitCode() != 0 && hasTriesLeft(policy, left);
                    default -> false;
                };
    }

    /** The pause after a run of this length. */
    Duration next(Duration run) {
        if (pause.isZero() || run.compareTo(GOOD_RUN) >= 0) {
            return FIRST_PAUSE;
        }
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    /** Calls off what waits. */
    Restarts cancelled() {
        timer.filter(thread -> thread != Thread.currentThread()).ifPresent(Thread::interrupt);
        return new Restarts(pause, Optional.empty());
    }

    private static boolean hasTriesLeft(RestartPolicy policy, State state) {
        return policy.maximumRetryCount() == 0 || state.restartCount() < policy.maximumRetryCount();
    }
}
