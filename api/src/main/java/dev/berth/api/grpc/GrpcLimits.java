package dev.berth.api.grpc;

/** How much is taken from a peer. */
final class GrpcLimits {
    private GrpcLimits() {}

    /** Bytes of a message; BuildKit's own limit. */
    static final int MESSAGE_BYTES = 16 << 20;
    /** Bytes of messages that wait for who reads them, a call; one message more is taken. */
    static final int WAITING_BYTES = 1 << 20;
    /** Bytes of a call that a peer may send ahead. */
    static final int WINDOW_BYTES = 1 << 20;
    /** Calls of a client at one time. */
    static final int CALLS = 100;
}
