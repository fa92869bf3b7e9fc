package dev.berth.engine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds line feeds, eight bytes at a time: it is done for every byte that a container prints. */
final class LineFeeds {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = ONES << 7;
    private static final long FEEDS = ONES * '\n';

    private LineFeeds() {}

    /** The index of the first from there on, or the limit. */
    static int next(byte[] bytes, int from, int limit) {
        int at = from;
        for (; at + Long.BYTES <= limit; at += Long.BYTES) {
            long word = (long) WORDS.get(bytes, at) ^ FEEDS; // a line feed is now a zero
            long zeros = word - ONES & ~word & HIGHS; // its lowest bit is that of the first zero
            if (zeros != 0) {
                return at + (Long.numberOfTrailingZeros(zeros) >> 3);
            }
        }
        while (at < limit && bytes[at] != '\n') {
            at++;
        }
        return at;
    }
}
