package dev.berth.level;

import java.nio.file.Path;
import java.util.List;

/**
 * One sandbox: created, then started once, then ended. Closing it ends every process in it and gives back all that it
 * holds (control groups, mounts, descriptors); what stays in its state directory until {@link #forget} is how it ended
 * and what it printed, so that neither is lost with an engine that dies before it has written them down. Closing is
 * idempotent. Methods may be called from any thread.
 */
public interface Sandbox extends AutoCloseable {
    /** The engine's id for it. */
    String id();

    /**
     * Starts the sandbox's first process and returns once its program runs.
     *
     * @throws LevelException when a step fails; names the step. The sandbox holds no process then and may be closed.
     */
    SandboxProcess start(ProcessOutput output);

    /**
     * Runs a further process in the running sandbox.
     *
     * @throws LevelException with {@link LevelException.Kind#CONFLICT} when the sandbox does not run
     */
    SandboxProcess exec(ProcessSpec process, ProcessOutput output);

    /** Sends a signal, by its number on this host, to the first process. */
    void signal(int signal);

    /** Stops all processes where they are. Needs {@link Capability#PAUSE}. */
    void pause();

    /** Lets paused processes go on. */
    void resume();

    /** What the sandbox uses now. Needs {@link Capability#STATS}. */
    Stats stats();

    /**
     * Sets limits on the running sandbox; what is empty stays as it is. Needs {@link Capability#RESOURCE_LIMITS}.
     *
     * @throws LevelException when the kernel refuses, for a limit below what is used for instance
     */
    void update(Resources limits);

    /**
     * A directory of the host through which the running sandbox's files are seen, with what is mounted among them. Paths
     * below it are to be followed as if it were the root: the sandbox makes the links. Needs {@link Capability#FILES}.
     *
     * @throws LevelException with {@link LevelException.Kind#CONFLICT} when the sandbox does not run
     */
    Path files();

    /** Host process ids of all processes in it, in no order. */
    List<Integer> pids();

    /**
     * Lets it run on without this engine, for one that {@linkplain Level#takeUp takes it up}. Closes what this engine
     * holds of it; the object is of no use then.
     */
    void leave();

    /** Removes what closing has left in the state directory: the engine has written down how it ended. */
    void forget();

    @Override
    void close();
}
