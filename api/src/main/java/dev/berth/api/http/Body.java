package dev.berth.api.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends, as a stream or as a channel into memory of the reader's own choice; reading waits for it. One
 * thread reads at a time; any thread may close it, and somebody must.
 */
abstract class Body extends InputStream implements ReadableByteChannel {
    private static final int FIRST_DOCUMENT_BYTES = 512;

    /**
     * Waits for bytes, but no longer than until this {@link System#nanoTime()}, where 0 is never; then reads what has
     * come.
     *
     * @return how many bytes; -1 at the end
     * @throws BodyException where they do not come, or are malformed
     */
    abstract int read(ByteBuffer into, long deadlineNanos) throws IOException;

    /** Whether everything has arrived, read or not. */
    abstract boolean isEnded();

    /** Event loop: no more will come although it should have. */
    abstract void fail(String reason);

    /** Forgets what has come and what will come. */
    @Override
    public abstract void close();

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] into, int offset, int length) throws IOException {
        return read(ByteBuffer.wrap(into, offset, length), 0);
    }

    @Override
    public final int read(ByteBuffer into) throws IOException {
        return read(into, 0);
    }

    /**
     * Reads everything.
     *
     * @return the bytes, or null if there are more than the limit
     */
    final byte @Nullable [] readAtMost(int limitBytes, long deadlineNanos) throws IOException {
        byte[] bytes = new byte[FIRST_DOCUMENT_BYTES];
        int size = 0;
        while (true) {
            int count = read(ByteBuffer.wrap(bytes, size, bytes.length - size), deadlineNanos);
            if (count < 0) {
                return Arrays.copyOf(bytes, size);
            }
            size += count;
            if (size > limitBytes) {
                return null;
            }
            if (size == bytes.length) {
                bytes = Arrays.copyOf(bytes, (int) Math.min(2L * size, limitBytes + 1L));
            }
        }
    }
}
