package dev.berth.engine.network;

import dev.berth.network.port.ContainerPort;
import java.util.Optional;

/**
 * A port of a container: {@code 80/tcp}.
 *
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 */
public record ExposedPort(int number, String protocol) {
    /** Reads one; without a protocol it is TCP's. Nothing where it is none: an image may expose anything. */
    public static Optional<ExposedPort> find(String text) {
        return ContainerPort.find(text)
                .map(port -> new ExposedPort(port.number(), port.protocol().toString()));
    }

    /** {@code 80/tcp}. */
    @Override
    public String toString() {
        return number + "/" + protocol;
    }
}
