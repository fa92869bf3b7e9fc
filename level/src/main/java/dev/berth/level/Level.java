package dev.berth.level;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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

    /**
     * Takes up a sandbox that was started from this specification and that its engine left running, by {@link
     * Sandbox#leave} or by dying itself; also one that has ended since. What it printed and was not {@link
     * SandboxProcess#kept} comes first. The caller owns the result as that of {@link #create}.
     *
     * @param kept up to where each stream need not be given again, in bytes since the start; what is missing is 0
     * @return empty where nothing is left of it to be taken up: what there is, {@link #discard} ends
     * @throws LevelException when the host does not let it be taken up
     */
    Optional<TakenUp> takeUp(SandboxSpec spec, ProcessOutput output, Map<ProcessOutput.Stream, Long> kept);

    /** A sandbox that runs on, or has ended, and its first process. */
    record TakenUp(Sandbox sandbox, SandboxProcess process) {}

    /**
     * Ends what is left of a sandbox that is not taken up, if anything is.
     *
     * @param stateDir as its specification had it
     */
    void discard(String id, Path stateDir);

    /** Ends what engines before this one have left in the level's own places, and nobody has taken up by now. */
    void sweep();

    /** Ends the level's own threads. Sandboxes must have been closed or left before. */
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
