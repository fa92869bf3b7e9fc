package dev.berth.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Passes on to a daemon's socket what comes from elsewhere: to the daemon its clients are out of sight. Counts what they send. */
final class Relay implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final ServerSocketChannel server;
    private final Path socket;
    private final AtomicLong sent = new AtomicLong();
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private Relay(ServerSocketChannel server, Path socket) {
        this.server = server;
        this.socket = socket;
        Thread.ofVirtual().start(this::accept);
    }

    /** Over TCP. */
    static Relay begin(DaemonProcess daemon) throws IOException {
        return begin(daemon, StandardProtocolFamily.INET, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    /** Over a Unix socket, which is made. */
    static Relay begin(DaemonProcess daemon, Path socket) throws IOException {
        return begin(daemon, StandardProtocolFamily.UNIX, UnixDomainSocketAddress.of(socket));
    }

    private static Relay begin(DaemonProcess daemon, ProtocolFamily family, SocketAddress address) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open(family);
        server.bind(address);
        return new Relay(server, daemon.socket());
    }

    /** What clients are to speak to. */
    String host() throws IOException {
        return server.getLocalAddress() instanceof InetSocketAddress address
                ? "tcp://127.0.0.1:" + address.getPort()
                : "unix://" + server.getLocalAddress();
    }

    /** How many bytes clients have sent since this was asked last. */
    long sent() {
        return sent.getAndSet(0);
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                SocketChannel daemon = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                open.add(client);
                open.add(daemon);
                Thread.ofVirtual().start(() -> pass(client, daemon, true));
                Thread.ofVirtual().start(() -> pass(daemon, client, false));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pass(SocketChannel from, SocketChannel to, boolean counted) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                sent.addAndGet(counted ? buffer.remaining() : 0);
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is of no more use in any case
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(Relay::close);
    }
}
