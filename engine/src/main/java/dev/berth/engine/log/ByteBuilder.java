package dev.berth.engine.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that are put together and used again; a ByteArrayOutputStream locks for every byte. One thread at a time. */
final class ByteBuilder {
    private byte[] bytes;
    private int length;

    ByteBuilder(int capacity) {
        bytes = new byte[capacity];
    }

    int length() {
        return length;
    }

    /** What it has, for reading at once. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, length);
    }

    /** A part of what it has, for reading at once. */
    ByteBuffer view(int from, int to) {
        return ByteBuffer.wrap(bytes, from, to - from);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    void clear() {
        length = 0;
    }

    /** Gives back memory above this capacity; it is empty afterwards. */
    void shrink(int capacity) {
        length = 0;
        if (bytes.length > capacity) {
            bytes = new byte[capacity];
        }
    }

    void add(int oneByte) {
        reserve(1);
        bytes[length++] = (byte) oneByte;
    }

    void add(byte[] from) {
        add(from, 0, from.length);
    }

    void add(byte[] from, int start, int end) {
        reserve(end - start);
        System.arraycopy(from, start, bytes, length, end - start);
        length += end - start;
    }

    void add(String text) {
        add(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds four bytes, the highest first. */
    void putInt(int value) {
        reserve(Integer.BYTES);
        length += Integer.BYTES;
        setInt(length - Integer.BYTES, value);
    }

    void setInt(int at, int value) {
        bytes[at] = (byte) (value >> 24);
        bytes[at + 1] = (byte) (value >> 16);
        bytes[at + 2] = (byte) (value >> 8);
        bytes[at + 3] = (byte) value;
    }

    private void reserve(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(length + more, 2 * bytes.length));
        }
    }
}
