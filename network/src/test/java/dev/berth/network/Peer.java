package dev.berth.network;

import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.network.address.IpAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace that plays a host or a container: whoever connects to it is told its name and the address that he
 * has as seen from here, {@code web 172.17.0.1}.
 */
public final class Peer implements AutoCloseable {
    /** Long enough for a loaded machine, where an answer is expected. */
    private static final int PATIENCE_MILLIS = 10_000;

    /** How long a test waits for an answer that must not come; one that does come is here in a hundredth of it. */
    private static final int SILENCE_MILLIS = 400;

    public final String name;
    public final NetworkNamespace namespace = NetworkNamespace.create();
    private final List<Closeable> servers = new ArrayList<>();

    public Peer(String name) {
        this.name = name;
        try (Rtnetlink network = Rtnetlink.open(namespace)) {
            network.links().change(network.links().get("lo").index(), LinkSettings.NONE.up());
        }
    }

    public Inside inside() {
        return namespace::run;
    }

    private static ProtocolFamily family(String address) {
        return address.contains(":") ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    }

    /** Answers connections at this address and port until this is closed. */
    public void serve(String address, int port) {
        ServerSocketChannel server = namespace.call(() -> ServerSocketChannel.open(family(address)));
        servers.add(server);
        namespace.call(() -> server.bind(socketAddress(address, port)));
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    try (SocketChannel client = server.accept()) {
                        client.write(ByteBuffer.wrap(answer((InetSocketAddress) client.getRemoteAddress())));
                    }
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    /** Answers datagrams at this address and port until this is closed. */
    public void serveDatagrams(String address, int port) {
        DatagramChannel server = namespace.call(() -> DatagramChannel.open(family(address)));
        servers.add(server);
        namespace.call(() -> server.bind(socketAddress(address, port)));
        Thread.ofVirtual().start(() -> {
            ByteBuffer buffer = ByteBuffer.allocate(2000);
            try {
                while (true) {
                    InetSocketAddress client = (InetSocketAddress) server.receive(buffer.clear());
                    server.send(ByteBuffer.wrap(answer(client)), client);
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    private byte[] answer(InetSocketAddress client) {
        return (name + " " + IpAddress.of(client.getAddress())).getBytes(StandardCharsets.UTF_8);
    }

    private static InetSocketAddress socketAddress(String address, int port) {
        return new InetSocketAddress(IpAddress.of(address).inet(), port);
    }

    /** What is heard at this address and port from here; the error's text where nothing is. */
    public String ask(String address, int port) {
        return ask(address, port, PATIENCE_MILLIS);
    }

    /** As {@link #ask}, where no answer is expected. */
    public String askInVain(String address, int port) {
        return ask(address, port, SILENCE_MILLIS);
    }

    private String ask(String address, int port, int millis) {
        try (SocketChannel channel = namespace.call(() -> SocketChannel.open(family(address)))) {
            Socket socket = channel.socket();
            socket.connect(socketAddress(address, port), millis);
            socket.setSoTimeout(millis);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "nothing: " + e.getMessage();
        }
    }

    /** What is heard in answer to a datagram. */
    public String askByDatagram(String address, int port) {
        try (DatagramChannel channel = namespace.call(() -> DatagramChannel.open(family(address)))) {
            channel.socket().connect(socketAddress(address, port));
            channel.socket().setSoTimeout(PATIENCE_MILLIS);
            channel.write(ByteBuffer.wrap(new byte[] {'?'}));
            DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
            channel.socket().receive(packet);
            return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "nothing: " + e.getMessage();
        }
    }

    @Override
    public void close() throws IOException {
        for (Closeable server : servers) {
            server.close();
        }
        namespace.close();
    }
}
