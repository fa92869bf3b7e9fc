package dev.berth.level;

import java.nio.ByteBuffer;

/**
 * Receives what a process writes, in order, on a thread of the level that serves many processes: it must not block.
 */
public interface ProcessOutput {
    /** Where the bytes were written; a terminal's all come as {@link #STDOUT}. */
    enum Stream {
        STDOUT,
        STDERR
    }

    /**
     * Takes the buffer's bytes; the buffer is reused after the call returns.
     *
     * @return false to get no more until {@link SandboxProcess#resumeOutput()}: the bytes of this call are taken all
     *     the same, and the process blocks once its pipe is full
     */
    boolean data(Stream stream, ByteBuffer bytes);

    /** Nothing more comes from this stream. Called once a stream (for a terminal, for {@link Stream#STDOUT} only). */
    void end(Stream stream);

    /** Takes and forgets everything. */
    static ProcessOutput discard() {
        return new ProcessOutput() {
            @Override
            public boolean data(Stream stream, ByteBuffer bytes) {
                return true;
            }

            @Override
            public void end(Stream stream) {}
        };
    }
}
