package dev.berth.image.tar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Where a tar's bytes come from, in pieces as large as the source likes, without copying. */
@FunctionalInterface
public interface ByteSource {
    /** The next piece, backed by an array and valid until the next call; empty at the end. */
    ByteBuffer next() throws IOException;

    /** The bytes of a stream, which the caller closes. */
    static ByteSource of(InputStream in) {
        byte[] buffer = new byte[64 << 10];
        return () -> {
            int n = in.read(buffer);
            return ByteBuffer.wrap(buffer, 0, Math.max(n, 0));
        };
    }
}
