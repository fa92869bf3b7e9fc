package dev.berth.level;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** A process started in a sandbox. It holds no kernel object once {@link #exit()} is complete. */
public interface SandboxProcess {
    /** The process id as the host sees it. */
    int pid();

    /**
     * Writes to the process's standard input (or its terminal). The future completes when all bytes are taken, or
     * fails with an {@link java.io.IOException} when the process no longer reads. One write at a time: the next may be
     * begun when the last has completed. The buffer belongs to the callee until then.
     */
    CompletableFuture<Void> write(ByteBuffer bytes);

    /** Ends the standard input: the process reads end of file. For a terminal, nothing happens. */
    void closeInput();

    /** Tells the terminal's size; ignored without a terminal. */
    void resize(WindowSize size);

    /** Sends a signal, by its number on this host, to this process. Ignored when it has ended. */
    void signal(int signal);

    /** Lets output flow again after {@link ProcessOutput#data} asked to wait. */
    void resumeOutput();

    /**
     * What it printed on a stream before this place, in bytes since its start, need not be given again to an engine that
     * takes it up later.
     */
    void kept(ProcessOutput.Stream stream, long position);

    /**
     * Completes when the process has ended and every byte of its output has been given to its {@link ProcessOutput}.
     */
    CompletableFuture<Exit> exit();
}
