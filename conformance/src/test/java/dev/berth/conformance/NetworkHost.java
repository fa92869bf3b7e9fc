package dev.berth.conformance;

import dev.berth.linux.netlink.IpPrefix;
import dev.berth.linux.netlink.Link;
import dev.berth.linux.netlink.LinkKind;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Rtnetlink;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A network namespace that plays a host, or that of a container which runs: the tests' own sockets in it ask and answer.
 * Whoever is answered is told the name of who answers. Nothing of it is left when it is closed.
 */
final class NetworkHost implements AutoCloseable {
    /** Long enough for a loaded machine, where an answer is expected. */
    private static final int PATIENCE_MILLIS = 10_000;

    /** How long a test waits for an answer that must not come; one that does come is here in a hundredth of it. */
    private static final int SILENCE_MILLIS = 400;

    private final String name;
    private final NetworkNamespace namespace;
    private final List<Closeable> servers = new ArrayList<>();

    private NetworkHost(String name, NetworkNamespace namespace) {
        this.name = name;
        this.namespace = namespace;
    }

    /** A host of its own, joined to no other yet. */
    static NetworkHost create(String name) {
        NetworkHost host = new NetworkHost(name, NetworkNamespace.create());
        try (Rtnetlink network = host.rtnetlink()) {
            network.links().change(network.links().get("lo").index(), LinkSettings.NONE.up());
        }
        return host;
    }

    /** Where a container of this daemon is. */
    static NetworkHost ofContainer(DaemonProcess daemon, String container) {
        String pid = daemon.docker("inspect", "-f", "{{.State.Pid}}", container)
                .succeeded()
                .out()
                .strip();
        return new NetworkHost(container, NetworkNamespace.open("/proc/" + pid + "/ns/net"));
    }

    /** By which another program becomes one of this host's (nsenter(1)). */
    List<String> launcher() {
        return List.of("nsenter", "--net=" + namespace.path());
    }

    /** Runs a program on this host. */
    Command run(String... args) {
        return Command.run(
                Map.of(), Stream.concat(launcher().stream(), Stream.of(args)).toArray(String[]::new));
    }

    Rtnetlink rtnetlink() {
        return Rtnetlink.open(namespace);
    }

    /** A cable to another host: this one has the subnets' first addresses, the other their second ones. */
    void join(NetworkHost other, String cable, String ipv4, String ipv6) {
        try (Rtnetlink here = rtnetlink();
                Rtnetlink there = other.rtnetlink()) {
            here.links()
                    .create(cable, new LinkKind.Veth(cable, LinkSettings.NONE.in(other.namespace)), LinkSettings.NONE);
            plug(here, cable, ipv4 + "1/24", ipv6 + "1/64");
            plug(there, cable, ipv4 + "2/24", ipv6 + "2/64");
        }
    }

    private static void plug(Rtnetlink network, String cable, String... addresses) {
        int link = network.links().get(cable).index();
        for (String address : addresses) {
            network.addresses().add(link, IpPrefix.parse(address));
        }
        network.links().change(link, LinkSettings.NONE.up());
    }

    /** Writes a setting below {@code /proc/sys/net}. */
    void set(String setting, String value) {
        namespace.run(() -> {
            try {
                Files.writeString(Path.of("/proc/sys/net", setting), value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Its interfaces and their addresses, each as a line of text. */
    String interfaces() {
        try (Rtnetlink network = rtnetlink()) {
            return Stream.concat(
                            network.links().list().stream().map(Link::name),
                            network.addresses().list().stream().map(address -> address.link() + " " + address.prefix()))
                    .sorted()
                    .collect(Collectors.joining("\n"));
        }
    }

    /** Answers connections and datagrams at this port of all its addresses. */
    void serve(int port) {
        serve("::", port); // of both families
    }

    /** Answers connections and datagrams at this address and port. */
    void serve(String address, int port) {
        serveConnections(address, port);
        serveDatagrams(address, port);
    }

    /** Gives back on each connection what comes, after its name, until the client closes. */
    private void serveConnections(String address, int port) {
        ServerSocketChannel server = namespace.call(() -> ServerSocketChannel.open(family(address)));
        servers.add(server);
        namespace.call(() -> server.bind(at(address, port)));
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    SocketChannel client = server.accept();
                    Thread.ofVirtual().start(() -> echo(client));
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    private void echo(SocketChannel client) {
        ByteBuffer bytes = ByteBuffer.allocate(1000);
        try (client) {
            client.write(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)));
            while (client.read(bytes.clear()) >= 0) {
                client.write(bytes.flip());
            }
        } catch (IOException e) {
            // the client is gone
        }
    }

    private void serveDatagrams(String address, int port) {
        DatagramChannel server = namespace.call(() -> DatagramChannel.open(family(address)));
        servers.add(server);
        namespace.call(() -> server.bind(at(address, port)));
        Thread.ofVirtual().start(() -> {
            ByteBuffer buffer = ByteBuffer.allocate(1000);
            try {
                while (true) {
                    var client = server.receive(buffer.clear());
                    server.send(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)), client);
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    /** Who answers a connection and a datagram to this address and port; empty where nobody does. */
    String ask(String address, int port) {
        return ask(address, port, PATIENCE_MILLIS);
    }

    /** As {@link #ask}, where no answer is expected. */
    String askInVain(String address, int port) {
        return ask(address, port, SILENCE_MILLIS);
    }

    private String ask(String address, int port, int millis) {
        String connection = askByConnection(address, port, millis);
        String datagram = askByDatagram(address, port, millis);
        return connection.equals(datagram) ? connection : "tcp: " + connection + ", udp: " + datagram;
    }

    private String askByConnection(String address, int port, int millis) {
        try (SocketChannel channel = connect(address, port, millis)) {
            channel.shutdownOutput();
            return new String(channel.socket().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private String askByDatagram(String address, int port, int millis) {
        try (DatagramChannel channel = datagrams(address, port, millis)) {
            channel.write(ByteBuffer.wrap(new byte[] {'?'}));
            DatagramPacket answer = new DatagramPacket(new byte[1000], 1000);
            channel.socket().receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    private SocketChannel connect(String address, int port, int millis) throws IOException {
        SocketChannel channel = namespace.call(() -> SocketChannel.open(family(address)));
        try {
            channel.socket().connect(at(address, port), millis);
            channel.socket().setSoTimeout(millis);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** A connection to this address and port; the caller closes it. */
    SocketChannel connect(String address, int port) throws IOException {
        return connect(address, port, PATIENCE_MILLIS);
    }

    /** A socket for datagrams to this address and port; the caller closes it. */
    DatagramChannel datagrams(String address, int port) throws IOException {
        return datagrams(address, port, PATIENCE_MILLIS);
    }

    private DatagramChannel datagrams(String address, int port, int millis) throws IOException {
        DatagramChannel channel = namespace.call(() -> DatagramChannel.open(family(address)));
        channel.socket().connect(at(address, port));
        channel.socket().setSoTimeout(millis);
        return channel;
    }

    private static ProtocolFamily family(String address) {
        return address.contains(":") ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), port);
    }

    @Override
    public void close() {
        try {
            for (Closeable server : servers) {
                server.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            namespace.close();
        }
    }
}
