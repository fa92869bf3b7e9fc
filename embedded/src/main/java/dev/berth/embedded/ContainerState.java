package dev.berth.embedded;

import dev.berth.engine.container.StateView;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where a container is in its life.
 *
 * @param exitCode of its last run; empty while it runs, or where it has never run
 * @param health what its health check says; empty where it has none
 * @param outOfMemory whether the kernel has ended it because its memory was used up
 * @param error of the last start; empty where it went well
 */
public record ContainerState(
        Status status, OptionalInt exitCode, Optional<Health> health, boolean outOfMemory, String error) {
    /** As Docker names it. */
    public enum Status {
        CREATED,
        RUNNING,
        PAUSED,
        /** Ended, and about to be started again by its policy. */
        RESTARTING,
        EXITED,
        REMOVING,
        /** Its removal failed half-way. */
        DEAD
    }

    /** What a health check says. */
    public enum Health {
        STARTING,
        HEALTHY,
        UNHEALTHY
    }

    /** Whether it has a process, or will have one again without anybody's doing. */
    public boolean isRunning() {
        return status == Status.RUNNING || status == Status.PAUSED || status == Status.RESTARTING;
    }

    static ContainerState of(StateView view) {
        boolean hasRun = view.finishedAt().isPresent() && !view.running();
        return new ContainerState(
                Status.valueOf(view.status().toUpperCase(Locale.ROOT)),
                hasRun ? OptionalInt.of(view.exitCode()) : OptionalInt.empty(),
                view.health().map(health -> Health.valueOf(health.status().toUpperCase(Locale.ROOT))),
                view.oomKilled(),
                view.error());
    }

    @Override
    public String toString() {
        return status.name().toLowerCase(Locale.ROOT)
                + (exitCode.isPresent() ? " with exit code " + exitCode.getAsInt() : "")
                + (outOfMemory ? ", out of memory" : "")
                + health.map(said -> ", " + said.name().toLowerCase(Locale.ROOT))
                        .orElse("")
                + (error.isEmpty() ? "" : ": " + error);
    }
}
