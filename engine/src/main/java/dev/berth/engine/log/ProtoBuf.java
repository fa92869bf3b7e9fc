package dev.berth.engine.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What of protocol buffers' encoding (version 3) a log's records need: numbers, and byte strings. As their own library
 * does, it leaves out what is zero or empty.
 */
final class ProtoBuf {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;
    private static final int VARINT_BYTES_MAX = 10;

    private ProtoBuf() {}

    /** Takes what a message has, field by field. */
    interface Fields {
        void number(int field, long value);

        void bytes(int field, byte[] value);
    }

    static void put(int field, long number, ByteBuilder out) {
        if (number != 0) {
            varint((long) field << 3 | VARINT, out);
            varint(number, out);
        }
    }

    static void put(int field, String text, ByteBuilder out) {
        put(field, text.getBytes(StandardCharsets.UTF_8), out);
    }

    static void put(int field, byte[] bytes, ByteBuilder out) {
        put(field, bytes, 0, bytes.length, out);
    }

    static void put(int field, byte[] bytes, int from, int to, ByteBuilder out) {
        if (from < to) {
            varint((long) field << 3 | BYTES, out);
            varint(to - from, out);
            out.add(bytes, from, to);
        }
    }

    private static void varint(long number, ByteBuilder out) {
        long rest = number;
        while ((rest & ~0x7fL) != 0) {
            out.add((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.add((int) rest);
    }

    /** Reads a message; gives whether it was well-formed. */
    static boolean read(byte[] message, Fields fields) {
        Input in = new Input(message);
        while (in.at < message.length) {
            long key = in.varint();
            int field = (int) (key >>> 3);
            switch ((int) key & 7) {
                case VARINT -> fields.number(field, in.varint());
                case BYTES -> fields.bytes(field, in.bytes(in.varint()));
                case FIXED_64 -> in.bytes(Long.BYTES);
                case FIXED_32 -> in.bytes(Integer.BYTES);
                default -> in.broken = true;
            }
            if (in.broken) {
                return false;
            }
        }
        return true;
    }

    private static final class Input {
        private final byte[] from;
        private int at;
        private boolean broken;

        private Input(byte[] from) {
            this.from = from;
        }

        private long varint() {
            long number = 0;
            for (int i = 0; i < VARINT_BYTES_MAX && at < from.length; i++) {
                byte next = from[at++];
                number |= (long) (next & 0x7f) << 7 * i;
                if (next >= 0) {
                    return number;
                }
            }
            broken = true;
            return 0;
        }

        private byte[] bytes(long length) {
            if (broken || length < 0 || length > from.length - at) {
                broken = true;
                return new byte[0];
            }
            at += (int) length;
            return Arrays.copyOfRange(from, at - (int) length, at);
        }
    }
}
