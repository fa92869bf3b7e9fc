package dev.berth.image.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Where a tar's bytes come from, in pieces as large as the source likes, without copying. */
@FunctionalInterface
public interface ByteSource {
    /**
     * The next piece, valid until the next call; empty at the end. Backed by an array, but for those of {@link
     * #of(byte[], ReadableByteChannel, ByteBuffer)}.
     */
    ByteBuffer next() throws IOException;

    /** The bytes of a stream, which the caller closes. */
    static ByteSource of(InputStream in) {
        byte[] buffer = new byte[64 << 10];
        return () -> {
            int n = in.read(buffer);
            return ByteBuffer.wrap(buffer, 0, Math.max(n, 0));
        };
    }

    /**
     * Some bytes, and after them those of a channel, which the caller closes.
     *
     * @param buffer in which the channel's pieces are; in native memory they can be written without a copy
     */
    static ByteSource of(byte[] head, ReadableByteChannel in, ByteBuffer buffer) {
        ByteBuffer first = ByteBuffer.wrap(head);
        return () -> {
            if (first.hasRemaining()) {
                ByteBuffer piece = first.slice();
                first.position(first.limit());
                return piece;
            }
            in.read(buffer.clear());
            return buffer.flip();
        };
    }
}
