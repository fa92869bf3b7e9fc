package dev.berth.linux.netlink;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A message from the kernel.
 *
 * @param port of the socket that it answers; in an event, of the one that caused it
 * @param payload what follows the header, to be read only
 */
public record Message(int type, int flags, int sequence, int port, ByteBuffer payload) {
    private static final int ALIGNMENT = 4;

    /**
     * Takes apart what was received at once.
     *
     * @throws LinuxException with EBADMSG where it isn't whole messages
     */
    static List<Message> parse(ByteBuffer datagram) {
        ByteBuffer left = datagram.slice().order(ByteOrder.nativeOrder());
        List<Message> messages = new ArrayList<>();
        while (left.hasRemaining()) {
            int start = left.position();
            if (left.remaining() < MessageBuilder.HEADER_BYTES) {
                throw malformed("it ends within the header of a message");
            }
            int length = left.getInt();
            int type = left.getShort() & 0xffff;
            int flags = left.getShort() & 0xffff;
            int sequence = left.getInt();
            int port = left.getInt();
            if (length < MessageBuilder.HEADER_BYTES || length > left.limit() - start) {
                throw malformed("a message says that it has " + Integer.toUnsignedString(length) + " bytes of "
                        + (left.limit() - start));
            }
            messages.add(new Message(
                    type,
                    flags,
                    sequence,
                    port,
                    slice(left, start + MessageBuilder.HEADER_BYTES, length - MessageBuilder.HEADER_BYTES)));
            left.position(Math.min(left.limit(), start + aligned(length)));
        }
        return messages;
    }

    /** The attributes that follow a fixed part of so many bytes. */
    public Attributes attributes(int fixedBytes) {
        require(fixedBytes);
        int start = Math.min(payload.limit(), aligned(fixedBytes));
        return Attributes.parse(slice(payload, start, payload.limit() - start));
    }

    /** A byte of the fixed part. */
    public int u8(int at) {
        require(at + 1);
        return payload.get(at) & 0xff;
    }

    public int u16(int at) {
        require(at + 2);
        return payload.getShort(at) & 0xffff;
    }

    public int u32(int at) {
        require(at + 4);
        return payload.getInt(at);
    }

    private void require(int bytes) {
        if (payload.limit() < bytes) {
            throw malformed("a message of type " + type + " has " + payload.limit() + " bytes, and needs " + bytes);
        }
    }

    static int aligned(int length) {
        return (length + ALIGNMENT - 1) & -ALIGNMENT;
    }

    static ByteBuffer slice(ByteBuffer of, int start, int length) {
        return of.slice(start, length).order(ByteOrder.nativeOrder());
    }

    static LinuxException malformed(String why) {
        return new LinuxException(SystemCall.RECVFROM, Errno.EBADMSG.number(), "read what netlink answered", why);
    }
}
