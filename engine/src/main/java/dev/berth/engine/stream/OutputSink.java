package dev.berth.engine.stream;

import dev.berth.engine.error.EngineException;
import java.nio.ByteBuffer;

/**
 * Takes output: of a container, an exec or a log. Calls come one at a time, from threads that serve others as well: they
 * must not block. Exactly one of {@link #end} and {@link #fail} is the last call.
 */
public interface OutputSink {
    /** Where bytes were written; all of a terminal's count as {@link #STDOUT}. {@link #STDIN} is for logs of old. */
    enum Stream {
        STDIN,
        STDOUT,
        STDERR
    }

    /**
     * Takes all of the buffer's bytes; the buffer is reused after the call returns.
     *
     * @return false to get no more until {@link Attachment#resume()}
     */
    boolean write(Stream stream, ByteBuffer bytes);

    /** Nothing more comes. */
    void end();

    /** Nothing more comes, although there would be more. */
    void fail(EngineException reason);
}
