package dev.berth.api.http;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;

/** An answer's body of unknown length: chunks for HTTP/1.1, plain bytes up to the connection's end for 1.0. */
final class AnswerStream extends OutputStream {
    private static final int BUFFER_BYTES = 8 << 10;
    private static final byte[] NOTHING = {};

    private final Outflow outflow;
    private final boolean chunked;
    private final boolean silent;
    private final Runnable onComplete;
    private byte[] buffer = NOTHING;
    private int buffered;
    private boolean closed;

    /** @param silent whether nothing is sent: the answer to a HEAD request */
    AnswerStream(Outflow outflow, boolean chunked, boolean silent, Runnable onComplete) {
        this.outflow = outflow;
        this.chunked = chunked;
        this.silent = silent;
        this.onComplete = onComplete;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (closed) {
            throw new IOException("the answer is complete");
        }
        if (length > BUFFER_BYTES - buffered) {
            flush();
        }
        if (length >= BUFFER_BYTES) {
            send(bytes, offset, length);
            return;
        }
        if (buffer.length == 0) {
            buffer = new byte[BUFFER_BYTES];
        }
        System.arraycopy(bytes, offset, buffer, buffered, length);
        buffered += length;
    }

    @Override
    public void flush() throws IOException {
        int length = buffered;
        byte[] full = buffer;
        buffered = 0;
        buffer = NOTHING; // a stream may be idle from here on, and be one of thousands
        send(full, 0, length);
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        flush();
        if (chunked && !silent) {
            outflow.send(Ascii.LAST_CHUNK, 0, Ascii.LAST_CHUNK.length);
        }
        onComplete.run();
    }

    private void send(byte[] bytes, int offset, int length) throws IOException {
        if (silent || length == 0) {
            return;
        }
        if (chunked) {
            outflow.sendChunk(bytes, offset, length);
        } else {
            outflow.send(bytes, offset, length);
        }
    }
}
