package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import dev.berth.build.SshAgents;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A connection with the SSH agent of a session's client: what either side says is the bytes of messages. */
final class SessionAgent implements SshAgents.Connection {
    private final GrpcCall call;
    private final InputStream input;

    SessionAgent(GrpcCall call) {
        this.call = call;
        this.input = new MessageStream(call);
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return new MessageOutput(call);
    }

    @Override
    public void endOutput() throws IOException {
        call.sendLast(new byte[0]);
    }

    @Override
    public void close() {
        call.close();
    }
}
