package dev.berth.network.port;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.socket.InetSocket;
import dev.berth.network.Inside;
import dev.berth.network.NetworkException;
import dev.berth.network.address.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ports of the host that an engine's containers have. A port is given to one of them, and held by a socket, which keeps
 * everybody else off. Safe for use by many threads.
 */
public final class HostPorts implements AutoCloseable {
    /** Where the kernel does not say which ports are given at random. */
    private static final PortRange EPHEMERAL = new PortRange(49_153, 65_535);

    /** How many ports of a range are tried that other processes turn out to have. */
    private static final int ATTEMPTS = 10;

    private static final Path IPV4_SETTINGS = Path.of("/proc/sys/net/ipv4");

    private final Inside host;
    private final PortRange ephemeral;
    private final Set<Integer> reserved;
    private final Set<Claim> claims = new HashSet<>();
    private final Set<HeldPort> held = ConcurrentHashMap.newKeySet();
    private final Map<Search, Integer> lastGiven = new HashMap<>();

    private record Claim(Protocol protocol, IpAddress address, int port) {
        /** Whether both cannot be had: one of two addresses alike, or one that means all of a family. */
        boolean excludes(Claim other) {
            return protocol == other.protocol
                    && port == other.port
                    && address.family() == other.address.family()
                    && (address.isAny() || other.address.isAny() || address.equals(other.address));
        }
    }

    /** What goes on where it was: so that a port that was let go is not at once somebody else's. */
    private record Search(Protocol protocol, IpAddress address, PortRange range) {}

    /** @param host where the ports are: sockets are opened in it */
    public HostPorts(Inside host) {
        this.host = host;
        ephemeral = host.call(() -> readEphemeral(read("ip_local_port_range")));
        reserved = host.call(() -> readReserved(read("ip_local_reserved_ports")));
    }

    private static String read(String setting) {
        try {
            return Files.readString(IPV4_SETTINGS.resolve(setting)).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** {@code 32768 60999}. */
    static PortRange readEphemeral(String text) {
        Matcher matcher = Pattern.compile("(\\d{1,5})\\s+(\\d{1,5})").matcher(text);
        return matcher.matches()
                ? PortRange.parse(matcher.group(1) + "-" + matcher.group(2)).orElse(EPHEMERAL)
                : EPHEMERAL;
    }

    /** {@code 8080,9148-9150}: what the kernel does not give at random, and neither do we. */
    static Set<Integer> readReserved(String text) {
        Set<Integer> ports = new HashSet<>();
        for (String part : text.split(",", -1)) {
            PortRange.parse(part).filter(range -> !range.isAny()).ifPresent(range -> {
                for (int port = range.first(); port <= range.last(); port++) {
                    ports.add(port);
                }
            });
        }
        return Set.copyOf(ports);
    }

    /**
     * Takes one port, the same at all addresses.
     *
     * @param addresses at least one
     * @throws NetworkException FAILED where a container or another process has it, EXHAUSTED where none of a range is free;
     *     nothing is taken then
     */
    public HeldPort take(Protocol protocol, List<IpAddress> addresses, PortRange range) {
        for (int attempt = 1; ; attempt++) {
            int port = claim(protocol, addresses, range);
            try {
                return hold(protocol, addresses, port);
            } catch (LinuxException e) {
                unclaim(protocol, addresses, port);
                if (range.isOne() || attempt == ATTEMPTS) {
                    throw NetworkException.failed(cannotBind(protocol, addresses, port, e), e);
                }
            }
        }
    }

    private static String cannotBind(Protocol protocol, List<IpAddress> addresses, int port, LinuxException e) {
        String address = addresses.getFirst().toString();
        String why = e.is(Errno.EPROTONOSUPPORT)
                ? e.reason() + " by this host's kernel (modprobe sctp may load it)"
                : e.reason();
        return "failed to bind host port " + (address.contains(":") ? "[" + address + "]" : address) + ":" + port + "/"
                + protocol + ": " + why;
    }

    private synchronized int claim(Protocol protocol, List<IpAddress> addresses, PortRange range) {
        if (range.isOne()) {
            for (IpAddress address : addresses) {
                if (isTaken(new Claim(protocol, address, range.first()))) {
                    throw new NetworkException(
                            NetworkException.Kind.FAILED,
                            "Bind for " + address + ":" + range.first() + " failed: port is already allocated");
                }
            }
            addresses.forEach(address -> claims.add(new Claim(protocol, address, range.first())));
            return range.first();
        }
        PortRange searched = range.isAny() ? ephemeral : range;
        Search search = new Search(protocol, addresses.getFirst(), searched);
        int last = lastGiven.getOrDefault(search, searched.last());
        for (int i = 1; i <= searched.size(); i++) {
            int port = searched.first() + (last - searched.first() + i) % searched.size();
            boolean free = addresses.stream().noneMatch(address -> isTaken(new Claim(protocol, address, port)));
            if (free && !(range.isAny() && reserved.contains(port))) {
                addresses.forEach(address -> claims.add(new Claim(protocol, address, port)));
                lastGiven.put(search, port);
                return port;
            }
        }
        throw NetworkException.exhausted("all ports are allocated");
    }

    private boolean isTaken(Claim wanted) {
        return claims.stream().anyMatch(wanted::excludes);
    }

    private synchronized void unclaim(Protocol protocol, List<IpAddress> addresses, int port) {
        addresses.forEach(address -> claims.remove(new Claim(protocol, address, port)));
    }

    private HeldPort hold(Protocol protocol, List<IpAddress> addresses, int port) {
        List<HeldPort.Socket> sockets = new ArrayList<>();
        try {
            host.run(() -> {
                for (IpAddress address : addresses) {
                    sockets.add(new HeldPort.Socket(
                            address, InetSocket.bind(protocol.kind(), new InetSocketAddress(address.inet(), port))));
                }
            });
            HeldPort taken = new HeldPort(this, protocol, port, sockets);
            held.add(taken);
            return taken;
        } catch (RuntimeException e) {
            sockets.forEach(socket -> socket.socket().close());
            throw e;
        }
    }

    void release(HeldPort port) {
        if (!held.remove(port)) {
            return;
        }
        port.sockets().forEach(socket -> socket.socket().close());
        unclaim(
                port.protocol(),
                port.sockets().stream().map(HeldPort.Socket::address).toList(),
                port.port());
    }

    /** Lets go of all of them. */
    @Override
    public void close() {
        List.copyOf(held).forEach(HeldPort::close);
    }
}
