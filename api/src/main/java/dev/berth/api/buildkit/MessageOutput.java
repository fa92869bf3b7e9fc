package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Bytes as messages of a call, as {@link MessageStream} reads them; closing it does not end the call. For one thread. */
final class MessageOutput extends OutputStream {
    private final GrpcCall call;

    MessageOutput(GrpcCall call) {
        this.call = call;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        byte[] part = Arrays.copyOfRange(bytes, offset, offset + length);
        call.send(new MessageWriter().bytes(1, part).toBytes());
    }
}
