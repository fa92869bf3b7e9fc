package dev.berth.api.grpc;

import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;

/** Takes messages out of the bytes of a call: five bytes before each say whether it is compressed, and its length. */
final class MessageReader {
    private static final int PREFIX_BYTES = 5;
    private static final int FIRST_BYTES = 64 << 10;

    private final byte[] prefix = new byte[PREFIX_BYTES];
    private int prefixRead;
    private byte[] message = new byte[0];
    private int length;
    private int read;

    /** @throws GrpcException for what is no message, or too large a one */
    void read(ByteBuf bytes, Consumer<byte[]> messages) throws GrpcException {
        while (bytes.isReadable()) {
            if (prefixRead < PREFIX_BYTES) {
                prefix[prefixRead++] = bytes.readByte();
                if (prefixRead < PREFIX_BYTES) {
                    continue;
                }
                begin();
            }
            int count = Math.min(bytes.readableBytes(), length - read);
            reserve(read + count);
            bytes.readBytes(message, read, count);
            read += count;
            if (read == length) {
                messages.accept(message.length == length ? message : java.util.Arrays.copyOf(message, length));
                prefixRead = 0;
            }
        }
    }

    private void begin() throws GrpcException {
        if (prefix[0] != 0) {
            throw new GrpcException(
                    GrpcException.Code.UNIMPLEMENTED, "a compressed message has come, although none was asked for");
        }
        long told = (prefix[1] & 0xffL) << 24 | (prefix[2] & 0xff) << 16 | (prefix[3] & 0xff) << 8 | prefix[4] & 0xff;
        if (told > GrpcLimits.MESSAGE_BYTES) {
            throw new GrpcException(
                    GrpcException.Code.RESOURCE_EXHAUSTED,
                    "a message of " + told + " bytes has come; at most " + GrpcLimits.MESSAGE_BYTES + " are taken");
        }
        length = (int) told;
        read = 0;
        message = new byte[Math.min(length, FIRST_BYTES)];
    }

    /** Memory comes with the bytes, not with what a peer says of them. */
    private void reserve(int bytes) {
        if (bytes > message.length) {
            message = java.util.Arrays.copyOf(message, Math.min(length, Math.max(bytes, 2 * message.length)));
        }
    }

    /** Whether all that has come are whole messages. */
    boolean isBetweenMessages() {
        return prefixRead == 0;
    }
}
