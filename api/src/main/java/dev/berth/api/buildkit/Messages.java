package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcCall;
import java.io.IOException;
import java.util.Optional;

/** What goes between us and a client that has files. */
interface Messages {
    void send(byte[] message) throws IOException;

    /** The next one; empty when the client has no more to say. */
    Optional<byte[]> receive() throws IOException;

    /** Those of a call, which stays the caller's. */
    static Messages of(GrpcCall call) {
        return new Messages() {
            @Override
            public void send(byte[] message) throws IOException {
                call.send(message);
            }

            @Override
            public Optional<byte[]> receive() throws IOException {
                return call.receive();
            }
        };
    }
}
