package dev.berth.network.port;

import dev.berth.linux.socket.InetSocket;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What ports are of. */
public enum Protocol {
    TCP(InetSocket.Kind.TCP),
    UDP(InetSocket.Kind.UDP),
    SCTP(InetSocket.Kind.SCTP);

    private final InetSocket.Kind kind;

    Protocol(InetSocket.Kind kind) {
        this.kind = kind;
    }

    /** The socket that holds a port of it. */
    InetSocket.Kind kind() {
        return kind;
    }

    /** In any case of letters; nothing where there is no such protocol. */
    public static Optional<Protocol> parse(String text) {
        return Arrays.stream(values())
                .filter(protocol -> protocol.name().equalsIgnoreCase(text))
                .findFirst();
    }

    /** {@code tcp}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
