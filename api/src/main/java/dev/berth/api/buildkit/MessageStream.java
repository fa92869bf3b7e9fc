package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The bytes that a call's messages have ({@code moby.buildkit.v1.BytesMessage} and its like); closing it closes the call. For one thread. */
final class MessageStream extends InputStream {
    private final GrpcCall call;
    private final int field;
    private byte[] bytes = {};
    private int at;
    private boolean ended;

    MessageStream(GrpcCall call) {
        this(call, 1);
    }

    /** @param field of the messages that has the bytes */
    MessageStream(GrpcCall call, int field) {
        this.call = call;
        this.field = field;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == bytes.length && !ended) {
            Optional<byte[]> message = call.receive();
            ended = message.isEmpty();
            bytes = message.isPresent() ? data(message.get()) : new byte[0];
            at = 0;
        }
        if (ended) {
            return -1;
        }
        int count = Math.min(length, bytes.length - at);
        System.arraycopy(bytes, at, into, offset, count);
        at += count;
        return count;
    }

    private byte[] data(byte[] message) throws IOException {
        MessageReader in = new MessageReader("what the client sends", message);
        byte[] data = {};
        for (int each = in.next(); each != 0; each = in.next()) {
            data = each == field ? in.bytes() : data;
        }
        return data;
    }

    @Override
    public void close() {
        call.close();
    }
}
