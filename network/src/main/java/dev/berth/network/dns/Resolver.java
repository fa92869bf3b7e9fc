package dev.berth.network.dns;

import dev.berth.network.Inside;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * One container's resolver: two sockets in its network namespace, what it sees, and whom it asks. Closing it closes all
 * its sockets, so that nothing of it holds the namespace.
 */
public final class Resolver implements AutoCloseable {
    private final ResolverLoop loop;
    private final Inside namespace;
    private final DatagramChannel datagrams;
    private final ServerSocketChannel connections;
    private final Semaphore forwards = new Semaphore(Limits.FORWARDS_PER_CONTAINER);
    private final Semaphore clients = new Semaphore(Limits.CONNECTIONS_PER_CONTAINER);
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private volatile NameView view;
    private volatile ResolverSettings settings;
    private volatile boolean closed;

    Resolver(
            ResolverLoop loop,
            Inside namespace,
            DatagramChannel datagrams,
            ServerSocketChannel connections,
            NameView view,
            ResolverSettings settings) {
        this.loop = loop;
        this.namespace = namespace;
        this.datagrams = datagrams;
        this.connections = connections;
        this.view = view;
        this.settings = settings;
    }

    DatagramChannel datagrams() {
        return datagrams;
    }

    ServerSocketChannel connections() {
        return connections;
    }

    /** Where datagrams are answered. */
    public int datagramPort() {
        return datagrams.socket().getLocalPort();
    }

    /** Where connections are answered. */
    public int connectionPort() {
        return connections.socket().getLocalPort();
    }

    /** From now on the container sees these names and no others. */
    public void see(NameView newView) {
        view = newView;
    }

    /** From now on these are asked what is no container's name. */
    public void use(ResolverSettings newSettings) {
        settings = newSettings;
    }

    /** Takes what has come, on the loop's thread, but no more than its turn. */
    void receive(ByteBuffer buffer) throws IOException {
        for (int i = 0; i < Limits.DATAGRAMS_PER_TURN; i++) {
            buffer.clear();
            SocketAddress client = datagrams.receive(buffer);
            if (client == null) {
                return;
            }
            byte[] wire = new byte[buffer.flip().remaining()];
            buffer.get(wire);
            switch (Query.read(wire, true)) {
                case Query.Received.Question(Query query) -> answer(query, client);
                case Query.Received.Refused(byte[] refusal) -> send(refusal, client);
                case Query.Received.Ignored() -> {}
            }
        }
    }

    private void answer(Query query, SocketAddress client) throws IOException {
        Optional<byte[]> known = answerWithoutAsking(query);
        if (known.isPresent()) {
            send(known.get(), client);
        } else if (forwards.tryAcquire()) {
            Thread.ofVirtual().name("berth-dns-forward").start(() -> {
                try {
                    send(askOthers(query, true), client);
                } catch (IOException e) {
                    // The container's end is gone: nobody is waiting.
                } finally {
                    forwards.release();
                }
            });
        } else {
            send(query.failure(Rcode.REFUSED), client);
        }
    }

    private Optional<byte[]> answerWithoutAsking(Query query) {
        Optional<byte[]> local = LocalAnswers.answer(query, view);
        if (local.isPresent()) {
            return local;
        }
        int type = query.question().getType();
        boolean leftToSearchDomains = settings.ndotsSet()
                && (type == Type.A || type == Type.AAAA)
                && !query.name().contains(".");
        if (leftToSearchDomains) {
            return Optional.of(query.failure(Rcode.NOERROR));
        }
        return settings.upstreams().isEmpty() ? Optional.of(query.failure(Rcode.SERVFAIL)) : Optional.empty();
    }

    private byte[] askOthers(Query query, boolean datagram) {
        try {
            return loop.forwarder()
                    .ask(query, settings.upstreams(), datagram, namespace)
                    .orElseGet(() -> query.failure(Rcode.SERVFAIL));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return query.failure(Rcode.SERVFAIL);
        }
    }

    /** Sends a datagram. Where there is no room for it, it is lost, as datagrams are. */
    private void send(byte[] answer, SocketAddress client) throws IOException {
        datagrams.send(ByteBuffer.wrap(answer), client);
    }

    /** Takes a connection, on the loop's thread; it is served by a virtual one. */
    void accept() throws IOException {
        SocketChannel client = connections.accept();
        if (client == null) {
            return;
        }
        if (closed || !clients.tryAcquire()) {
            client.close();
            return;
        }
        open.add(client);
        Thread.ofVirtual().name("berth-dns-connection").start(() -> {
            try (client) {
                serve(client.socket());
            } catch (IOException e) {
                // The client is gone, or was silent for too long.
            } finally {
                open.remove(client);
                clients.release();
            }
        });
    }

    private void serve(Socket client) throws IOException {
        client.setSoTimeout(Math.toIntExact(Limits.IDLE_CONNECTION.toMillis()));
        client.setTcpNoDelay(true);
        DataInputStream in = new DataInputStream(client.getInputStream());
        OutputStream out = client.getOutputStream();
        while (!closed) {
            byte[] wire = new byte[in.readUnsignedShort()];
            in.readFully(wire);
            switch (Query.read(wire, false)) {
                case Query.Received.Question(Query query) ->
                    out.write(Forwarder.framed(answerWithoutAsking(query).orElseGet(() -> askOthers(query, false))));
                case Query.Received.Refused(byte[] refusal) -> out.write(Forwarder.framed(refusal));
                case Query.Received.Ignored() -> {
                    return;
                }
            }
        }
    }

    /** The address of the sockets, for errors. */
    InetSocketAddress address() {
        return new InetSocketAddress(ResolverLoop.ADDRESS.inet(), datagramPort());
    }

    /** Closes all sockets before it returns. Idempotent. */
    @Override
    public void close() {
        closed = true;
        loop.close(this);
        for (SocketChannel client : open) {
            try {
                client.close();
            } catch (IOException e) {
                // Linux closes it whatever close(2) says.
            }
        }
    }
}
