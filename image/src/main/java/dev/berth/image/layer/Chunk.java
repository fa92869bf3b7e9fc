package dev.berth.image.layer;

import java.util.concurrent.atomic.AtomicInteger;

/** A large buffer of decompressed bytes that two threads read, and that returns to its pool when both have. */
final class Chunk {
    static final int BYTES = 256 << 10;

    final byte[] bytes = new byte[BYTES];
    private final AtomicInteger readers = new AtomicInteger();
    private int length;

    /** Hands the chunk to two readers. */
    void filled(int newLength) {
        length = newLength;
        readers.set(2);
    }

    int length() {
        return length;
    }

    /** Says that one reader is done; true from the last one's call. */
    boolean release() {
        return readers.decrementAndGet() == 0;
    }
}
