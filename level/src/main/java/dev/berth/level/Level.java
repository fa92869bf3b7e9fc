package dev.berth.level;

import java.util.Set;

/**
 * Makes sandboxes at one level of virtualization. Found by {@link java.util.ServiceLoader}. Implementations are safe
 * for use by many threads.
 */
public interface Level extends AutoCloseable {
    /** The name that {@code --level} takes and that errors speak of: {@code os}, {@code hardware}… */
    String name();

    /** What this level can do on this host beyond running a process to its end. */
    Set<Capability> capabilities();

    /** Whether an image for this platform can run at this level on this host, and if not, why. */
    Support supports(Platform platform);

    /**
     * Claims what a sandbox needs (control groups, a state directory) without starting anything. The caller owns the
     * result and must close it, which also ends whatever still runs in it.
     *
     * @throws LevelException when a part of the specification cannot be had here; nothing is left behind
     */
    Sandbox create(SandboxSpec spec);

    /** Ends the level's own threads. Sandboxes must have been closed before. */
    @Override
    void close();

    /** The answer of {@link #supports}. */
    sealed interface Support {
        /** The platform runs here. */
        record Yes() implements Support {}

        /** The platform does not run here; the reason is a sentence for the user. */
        record No(String reason) implements Support {}
    }
}
