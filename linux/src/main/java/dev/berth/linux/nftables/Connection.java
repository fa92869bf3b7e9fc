package dev.berth.linux.nftables;

import java.net.InetSocketAddress;

/**
 * A connection that the kernel follows, also one of datagrams. What was translated is to be seen by the two directions
 * together: who is sent to, and who answers.
 *
 * @param protocol its number in IP
 * @param from who began it
 * @param to whom it was sent to; the port is 0 where the protocol has none
 * @param answerFrom who answers: other than {@code to} where the destination was translated
 * @param answerTo whom the answers go to: other than {@code from} where the source was translated
 */
public record Connection(
        int protocol,
        InetSocketAddress from,
        InetSocketAddress to,
        InetSocketAddress answerFrom,
        InetSocketAddress answerTo) {}
