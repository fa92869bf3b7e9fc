package dev.berth.engine.stream;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/**
 * The taker's side of an {@link OutputSink}, and the way to the standard input where that was asked for. Closing it
 * detaches: what it was attached to goes on, and the sink gets nothing more, not even an end. Idempotent.
 */
public interface Attachment extends AutoCloseable {
    /**
     * Writes to the standard input. The next write may begin when the future of the last is complete; the buffer
     * belongs to the callee until then. Fails with {@link java.io.IOException} when nobody reads any more. Bytes for
     * what has no open input are taken and forgotten.
     */
    CompletableFuture<Void> write(ByteBuffer bytes);

    /** The taker's input is at its end: the process reads end of file, unless it has a terminal. */
    void closeInput();

    /** Lets output flow again after {@link OutputSink#write} asked to wait. */
    void resume();

    @Override
    void close();
}
