package dev.berth.api.http;

import java.time.Duration;

/**
 * How much a server takes from its clients, and holds for them.
 *
 * @param requestLineBytes the request line; filters travel in it, and a build's labels and arguments
 * @param headerBytes all header fields together; X-Registry-Auth travels in them
 * @param documentBytes a body that is read as a whole, such as JSON
 * @param documentTimeout how long such a body may take to arrive
 * @param headTimeout how long a request's head may take from its first byte to its last
 * @param bufferedInputBytes what is read ahead of a handler, a connection
 * @param bufferedOutputBytes what waits to be sent before a handler that writes has to wait, a connection
 * @param discarding how long a body that its handler left unread is read on, for the client to see its answer and to
 *     keep the connection
 * @param connections open at one time
 * @param halfOpenProbe how often a connection of which the client has closed its side is tried for whether the client
 *     is still there
 */
public record Limits(
        int requestLineBytes,
        int headerBytes,
        int documentBytes,
        Duration documentTimeout,
        Duration headTimeout,
        int bufferedInputBytes,
        int bufferedOutputBytes,
        Duration discarding,
        int connections,
        Duration halfOpenProbe) {
    /** What a daemon works with. */
    public static final Limits DEFAULT = new Limits(
            1 << 20,
            256 << 10,
            8 << 20,
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            256 << 10,
            256 << 10,
            Duration.ofSeconds(5),
            8192,
            Duration.ofSeconds(5));

    /** Descriptors that a daemon needs besides those of its connections, and at least leaves to its containers. */
    private static final int RESERVED_FILES = 256;

    private static final int LEAST_CONNECTIONS = 16;

    /**
     * These, with no more connections than half of the files that are left may be open: with none left no container
     * could be started, nor any state be written.
     *
     * @param openFiles how many the process may have open
     */
    public Limits within(long openFiles) {
        long most = Math.max(LEAST_CONNECTIONS, (openFiles - RESERVED_FILES) / 2);
        return new Limits(
                requestLineBytes,
                headerBytes,
                documentBytes,
                documentTimeout,
                headTimeout,
                bufferedInputBytes,
                bufferedOutputBytes,
                discarding,
                (int) Math.min(connections, most),
                halfOpenProbe);
    }
}
