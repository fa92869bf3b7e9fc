package dev.berth.network.proxy;

import java.time.Duration;

/** What is carried by hand at most. */
final class Limits {
    /** Connections of all ports; those beyond wait in the kernel until one of them has ended. */
    static final int CONNECTIONS = 4096;

    /** Connections taken at one port before the next one's turn. */
    static final int CONNECTIONS_PER_TURN = 16;

    /** What is under way in one direction of a connection: a pipe's usual size. */
    static final int BYTES_UNDER_WAY = 64 * 1024;

    /** Clients of one port that send datagrams; of more, whoever has been silent longest is forgotten. */
    static final int CLIENTS_PER_PORT = 1024;

    /** Datagrams carried at one socket before the next one's turn. */
    static final int DATAGRAMS_PER_TURN = 32;

    /** How long a client may be silent before its datagrams come from another port; Docker's. */
    static final Duration CLIENT_SILENCE = Duration.ofSeconds(90);

    private Limits() {}
}
