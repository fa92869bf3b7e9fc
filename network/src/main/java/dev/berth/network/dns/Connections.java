package dev.berth.network.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One container's questions that come by connections (RFC 7766): a virtual thread takes these, and one serves each. */
final class Connections implements AutoCloseable {
    private static final int BACKLOG = 64;

    private final ServerSocketChannel listening;
    private final Semaphore clients = new Semaphore(Limits.CONNECTIONS_PER_CONTAINER);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable CompletableFuture<Void> ended;

    private Connections(ServerSocketChannel listening) {
        this.listening = listening;
    }

    /** Opens the socket, in the namespace that the calling thread is in. Nobody is served before {@link #serve}. */
    static Connections listen(InetSocketAddress address) throws IOException {
        ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.INET);
        try {
            listening.bind(address, BACKLOG);
            return new Connections(listening);
        } catch (IOException | RuntimeException e) {
            listening.close();
            throw e;
        }
    }

    int port() {
        return listening.socket().getLocalPort();
    }

    /** @param answers gives the answer to a message as it came, or nothing where the connection is to end */
    void serve(Function<byte[], Optional<byte[]>> answers) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        ended = end;
        Thread.ofVirtual().name("berth-dns-connections").start(() -> {
            try {
                acceptAll(answers);
            } finally {
                end.complete(null);
            }
        });
    }

    private void acceptAll(Function<byte[], Optional<byte[]>> answers) {
        while (!isClosed()) {
            try {
                accept(listening.accept(), answers);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                pause(); // Too many files: the client goes on waiting, and to look again at once would be of no use.
            }
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void pause() {
        try {
            closed.await(Limits.PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(SocketChannel client, Function<byte[], Optional<byte[]>> answers) throws IOException {
        if (!clients.tryAcquire()) {
            client.close();
            return;
        }
        open.add(client);
        Thread.ofVirtual().name("berth-dns-connection").start(() -> {
            try (client) {
                serve(client.socket(), answers);
            } catch (IOException e) {
                // The client is gone, or was silent for too long.
            } finally {
                open.remove(client);
                clients.release();
            }
        });
    }

    private void serve(Socket client, Function<byte[], Optional<byte[]>> answers) throws IOException {
        client.setSoTimeout(Math.toIntExact(Limits.IDLE_CONNECTION.toMillis()));
        client.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        while (!isClosed()) {
            byte[] wire = new byte[in.readUnsignedShort()];
            in.readFully(wire);
            Optional<byte[]> answer = answers.apply(wire);
            if (answer.isEmpty()) {
                return;
            }
            out.write(Forwarder.framed(answer.get()));
        }
    }

    /**
     * Closes all sockets before it returns: who waits for a connection closes what it waits at on its way out. It is not
     * interrupted, for then a connection that has just come would be lost open.
     */
    @Override
    public void close() {
        closed.countDown();
        close(listening);
        CompletableFuture<Void> end = ended;
        if (end != null) {
            end.join();
        }
        open.forEach(Connections::close);
    }

    private static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            // Linux closes it whatever close(2) says.
        }
    }
}
