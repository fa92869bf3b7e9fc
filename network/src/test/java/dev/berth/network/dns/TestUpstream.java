package dev.berth.network.dns;

import dev.berth.network.address.IpAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.xbill.DNS.Message;

/** Somebody else's name server, on the loopback interface, that says what it is told to. */
final class TestUpstream implements AutoCloseable {
    /** Says nothing. */
    static final byte[] SILENCE = new byte[0];

    private final ServerSocket connections;
    private final DatagramSocket datagrams;
    final AtomicInteger asked = new AtomicInteger();

    /** Both functions are given a question and give the answer's bytes. */
    TestUpstream(Function<Message, byte[]> byDatagram, Function<Message, byte[]> byConnection) throws IOException {
        Sockets sockets = Sockets.open();
        connections = sockets.connections;
        datagrams = sockets.datagrams;
        Thread.ofVirtual().start(() -> serveDatagrams(byDatagram));
        Thread.ofVirtual().start(() -> serveConnections(byConnection));
    }

    /** Of one port. */
    private record Sockets(ServerSocket connections, DatagramSocket datagrams) {
        static Sockets open() throws IOException {
            InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
            while (true) {
                ServerSocket connections = new ServerSocket(0, 50, loopback);
                try {
                    return new Sockets(connections, new DatagramSocket(connections.getLocalPort(), loopback));
                } catch (BindException e) {
                    connections.close(); // somebody has the port for datagrams: another one
                }
            }
        }
    }

    Upstream upstream() {
        return new Upstream(IpAddress.of("127.0.0.1"), connections.getLocalPort(), false);
    }

    private void serveDatagrams(Function<Message, byte[]> answer) {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        try {
            while (true) {
                datagrams.receive(packet);
                asked.incrementAndGet();
                byte[] reply = answer.apply(new Message(Arrays.copyOf(packet.getData(), packet.getLength())));
                if (reply.length > 0) {
                    datagrams.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
                packet.setLength(4096);
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serveConnections(Function<Message, byte[]> answer) {
        try {
            while (true) {
                try (Socket client = connections.accept()) {
                    asked.incrementAndGet();
                    DataInputStream in = new DataInputStream(client.getInputStream());
                    byte[] question = new byte[in.readUnsignedShort()];
                    in.readFully(question);
                    client.getOutputStream().write(Forwarder.framed(answer.apply(new Message(question))));
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        connections.close();
    }
}
