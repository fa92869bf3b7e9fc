package dev.berth.network.dns;

import java.time.Duration;

/** What a resolver takes at most, so that no container can take it from others. */
final class Limits {
    /** The largest message there is (the length before one on TCP has two bytes). */
    static final int MESSAGE_BYTES = 65_535;

    /** What every client takes in a datagram (RFC 1035); more where it says so. */
    static final int DATAGRAM_BYTES = 512;

    /** What we take in a datagram, told to clients that ask: fits into any packet (DNS flag day 2020). */
    static final int OUR_DATAGRAM_BYTES = 1232;

    /** Questions of one container that wait for an upstream; more are refused at once. */
    static final int FORWARDS_PER_CONTAINER = 512;

    /** Questions of all containers that wait for an upstream; more wait for one of them to be done. */
    static final int FORWARDS = 1024;

    /** Connections of one container; more are closed at once. */
    static final int CONNECTIONS_PER_CONTAINER = 64;

    /** What is taken of a datagram with a question: clients' are a tenth of it, and what is cut off is refused. */
    static final int QUESTION_BYTES = 4096;

    /** Datagrams taken from one container before the next one's turn. */
    static final int DATAGRAMS_PER_TURN = 32;

    /** How long all upstreams together may take: less than the 5 s that a C library waits before it asks again. */
    static final Duration FORWARD = Duration.ofMillis(4500);

    /** How often each upstream is asked in that time. */
    static final int ROUNDS = 2;

    /** How long a client may be silent on a connection. */
    static final Duration IDLE_CONNECTION = Duration.ofSeconds(10);

    /** Before connections are taken again, where they cannot be. */
    static final Duration PAUSE = Duration.ofSeconds(1);

    private Limits() {}
}
