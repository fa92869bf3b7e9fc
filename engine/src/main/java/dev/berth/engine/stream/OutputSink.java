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
        STDERR;

        /** As Docker's logs call it. */
        public String word() {
            return switch (this) {
                case STDIN -> "stdin";
                case STDOUT -> "stdout";
                case STDERR -> "stderr";
            };
        }

        /** The stream of a word; {@link #STDOUT} for one that is none. */
        public static Stream of(String word) {
            return switch (word) {
                case "stdin" -> STDIN;
                case "stderr" -> STDERR;
                default -> STDOUT;
            };
        }
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
