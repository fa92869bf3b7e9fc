package dev.berth.linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Lays out one netlink message (netlink(7)): a header, the fixed part of its type, then attributes, which can hold
 * others; all aligned to four bytes. Numbers are in the machine's order where the name doesn't say big endian.
 */
public final class MessageBuilder {
    static final int HEADER_BYTES = 16;
    /** A length is a 16-bit number and counts the attribute's own header. */
    static final int ATTRIBUTE_BYTES_MAX = 0xffff - 4;

    private static final int MESSAGE_BYTES_MAX = 4 << 20;
    private static final int NESTED = 0x8000;
    private static final int FLAGS_AT = 6;
    private static final int SEQUENCE_AT = 8;

    private ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.nativeOrder());

    /**
     * Begins a message.
     *
     * @param flags NLM_F_*; {@link NetlinkSocket} adds NLM_F_REQUEST and what the answer needs
     */
    public MessageBuilder(int type, int flags) {
        bytes.putInt(0).putShort((short) type).putShort((short) flags).putLong(0);
    }

    /** Appends to the fixed part. */
    public MessageBuilder u8(int value) {
        room(1).put((byte) value);
        return this;
    }

    /** Appends to the fixed part. */
    public MessageBuilder u16(int value) {
        room(2).putShort((short) value);
        return this;
    }

    /** Appends to the fixed part, big endian. */
    public MessageBuilder be16(int value) {
        return u8(value >> 8).u8(value);
    }

    /** Appends to the fixed part. */
    public MessageBuilder u32(int value) {
        room(4).putInt(value);
        return this;
    }

    /**
     * Appends an attribute.
     *
     * @throws IllegalArgumentException where the value is longer than an attribute can be
     */
    public MessageBuilder put(int type, byte[] value) {
        if (value.length > ATTRIBUTE_BYTES_MAX) {
            throw new IllegalArgumentException("a value of " + value.length
                    + " bytes doesn't fit into a netlink attribute, which holds " + ATTRIBUTE_BYTES_MAX);
        }
        room(value.length + 7)
                .putShort((short) (value.length + 4))
                .putShort((short) type)
                .put(value);
        align();
        return this;
    }

    public MessageBuilder put8(int type, int value) {
        return put(type, new byte[] {(byte) value});
    }

    public MessageBuilder put16(int type, int value) {
        return put(type, number(2).putShort((short) value).array());
    }

    public MessageBuilder put32(int type, int value) {
        return put(type, number(4).putInt(value).array());
    }

    /** An attribute of 16 bits, big endian. */
    public MessageBuilder putBe16(int type, int value) {
        return put(type, new byte[] {(byte) (value >> 8), (byte) value});
    }

    /** An attribute of 32 bits, big endian. */
    public MessageBuilder putBe32(int type, int value) {
        return put(type, ByteBuffer.allocate(4).putInt(value).array());
    }

    /** An attribute of 64 bits, big endian. */
    public MessageBuilder putBe64(int type, long value) {
        return put(type, ByteBuffer.allocate(8).putLong(value).array());
    }

    /**
     * An attribute of text with a zero at its end.
     *
     * @throws IllegalArgumentException where the text has a zero in it
     */
    public MessageBuilder putString(int type, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name for the kernel has a zero in it");
        }
        return put(type, Arrays.copyOf(text, text.length + 1));
    }

    /** An attribute that holds what is put meanwhile. */
    public MessageBuilder nested(int type, Consumer<MessageBuilder> content) {
        int start = bytes.position();
        room(4).putShort((short) 0).putShort((short) (type | NESTED));
        content.accept(this);
        int length = bytes.position() - start;
        if (length > ATTRIBUTE_BYTES_MAX + 4) {
            throw new IllegalArgumentException("attributes of " + length
                    + " bytes don't fit into a netlink attribute, which holds " + ATTRIBUTE_BYTES_MAX);
        }
        bytes.putShort(start, (short) length);
        return this;
    }

    /** The message's bytes, with flags beyond its own. */
    byte[] finish(int moreFlags, int sequence) {
        byte[] message = Arrays.copyOf(bytes.array(), bytes.position());
        ByteBuffer header = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder());
        header.putInt(0, message.length);
        header.putShort(FLAGS_AT, (short) (header.getShort(FLAGS_AT) | moreFlags));
        header.putInt(SEQUENCE_AT, sequence);
        return message;
    }

    private static ByteBuffer number(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    private void align() {
        while (bytes.position() % 4 != 0) {
            bytes.put((byte) 0);
        }
    }

    private ByteBuffer room(int more) {
        int needed = bytes.position() + more;
        if (needed > MESSAGE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a netlink message would have more than " + MESSAGE_BYTES_MAX + " bytes");
        }
        if (needed > bytes.capacity()) {
            ByteBuffer larger = number(Math.max(needed, bytes.capacity() * 2));
            bytes = larger.put(bytes.flip());
        }
        return bytes;
    }
}
