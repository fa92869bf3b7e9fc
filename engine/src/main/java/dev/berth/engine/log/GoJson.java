package dev.berth.engine.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Strings in JSON as Go writes them: what is no UTF-8 becomes U+FFFD, and what means something in HTML or JavaScript is
 * escaped.
 */
final class GoJson {
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = ONES << 7;
    private static final byte[] HEX = ascii("0123456789abcdef");
    private static final byte[] REPLACEMENT = ascii("\\ufffd");

    private GoJson() {}

    static void escape(String text, ByteBuilder out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        escape(bytes, 0, bytes.length, out);
    }

    static void escape(byte[] bytes, int from, int to, ByteBuilder out) {
        int start = from;
        int at = plain(bytes, from, to);
        while (at < to) {
            out.add(bytes, start, at);
            byte b = bytes[at];
            if (b >= 0) {
                escape(b, out);
                at++;
                start = at;
            } else {
                int length = Utf8.length(bytes, at, to);
                start = at;
                if (length == 0) {
                    out.add(REPLACEMENT);
                    start = at + 1;
                } else if (length == 3 && b == (byte) 0xe2 && isSeparator(bytes, at)) {
                    out.add(ascii(bytes[at + 2] == (byte) 0xa8 ? "\\u2028" : "\\u2029"));
                    start = at + 3;
                }
                at += Math.max(1, length);
            }
            at = plain(bytes, at, to);
        }
        out.add(bytes, start, to);
    }

    private static boolean isSeparator(byte[] bytes, int at) {
        return bytes[at + 1] == (byte) 0x80 && (bytes[at + 2] == (byte) 0xa8 || bytes[at + 2] == (byte) 0xa9);
    }

    private static void escape(byte b, ByteBuilder out) {
        out.add('\\');
        switch (b) {
            case '"', '\\' -> out.add(b);
            case '\n' -> out.add('n');
            case '\r' -> out.add('r');
            default -> {
                out.add('u');
                out.add('0');
                out.add('0');
                out.add(HEX[b >> 4]);
                out.add(HEX[b & 0xf]);
            }
        }
    }

    /** Where the first byte is that is not written as it is; words of plain text are passed over eight bytes at a time. */
    private static int plain(byte[] bytes, int from, int to) {
        int at = from;
        while (at + Long.BYTES <= to && isPlain((long) WORDS.get(bytes, at))) {
            at += Long.BYTES;
        }
        while (at < to && isPlain(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isPlain(byte b) {
        return b >= ' ' && b != '"' && b != '\\' && b != '<' && b != '>' && b != '&';
    }

    /** Whether none of eight bytes is above 0x7f, a control, or one that is escaped. May say no for a plain word. */
    private static boolean isPlain(long word) {
        long controls = word - ONES * ' ';
        long angles = zeros((word | ONES * 2) ^ ONES * '>'); // < and > differ in one bit
        long quotes = zeros(word ^ ONES * '"') | zeros(word ^ ONES * '&') | zeros(word ^ ONES * '\\');
        return ((word | controls | angles | quotes) & HIGHS) == 0;
    }

    /** The high bit of each byte that is zero is set; of others it may be. */
    private static long zeros(long word) {
        return word - ONES & ~word;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
