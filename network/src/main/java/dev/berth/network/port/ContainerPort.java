package dev.berth.network.port;

import dev.berth.network.NetworkException;
import java.util.Optional;

/** A port of a container, {@code 80/tcp}: the one place where that is read. */
public record ContainerPort(int number, Protocol protocol) implements Comparable<ContainerPort> {
    /**
     * Reads one as the API has it; without a protocol it is TCP's.
     *
     * @throws NetworkException INVALID, in Docker's words
     */
    public static ContainerPort parse(String text) {
        int slash = text.indexOf('/');
        String number = slash < 0 ? text : text.substring(0, slash);
        String protocol = slash < 0 || slash == text.length() - 1 ? "tcp" : text.substring(slash + 1);
        PortRange range = PortRange.parse(number)
                .filter(PortRange::isOne)
                .orElseThrow(() -> NetworkException.invalid("invalid port specification: \"" + text + "\""));
        return new ContainerPort(
                range.first(),
                Protocol.parse(protocol)
                        .orElseThrow(() -> NetworkException.invalid("invalid port specification: \"" + text
                                + "\": unknown protocol, give one of tcp, udp and sctp")));
    }

    /** The same where it need not be one: an image may expose anything. */
    public static Optional<ContainerPort> find(String text) {
        try {
            return Optional.of(parse(text));
        } catch (NetworkException e) {
            return Optional.empty();
        }
    }

    @Override
    public int compareTo(ContainerPort other) {
        int byNumber = Integer.compare(number, other.number);
        return byNumber != 0 ? byNumber : protocol.compareTo(other.protocol);
    }

    /** {@code 80/tcp}. */
    @Override
    public String toString() {
        return number + "/" + protocol;
    }
}
