package dev.berth.network.dns;

import dev.berth.linux.event.EventLoop;
import dev.berth.linux.socket.DatagramBatch;
import dev.berth.linux.socket.InetSocket;
import dev.berth.network.Inside;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * One container's resolver: two sockets in its network namespace, what it sees, and whom it asks. Closing it closes all
 * its sockets, so that nothing of it holds the namespace.
 */
public final class Resolver implements AutoCloseable {
    private final ResolverLoop loop;
    private final Inside namespace;
    private final InetSocket datagrams;
    private final Connections connections;
    private final EventLoop.Registration registration;
    private final int datagramPort;
    private final Semaphore forwards = new Semaphore(Limits.FORWARDS_PER_CONTAINER);
    /** Held while a thread that is not the loop's sends, so that it sends by no later socket of the same number. */
    private final ReentrantLock sending = new ReentrantLock();

    private final AtomicBoolean closing = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile NameView view;
    private volatile ResolverSettings settings;

    /** @param sockets are this one's from here on */
    Resolver(ResolverLoop loop, Inside namespace, Sockets sockets, NameView view, ResolverSettings settings) {
        this.loop = loop;
        this.namespace = namespace;
        this.datagrams = sockets.datagrams;
        this.connections = sockets.connections;
        this.datagramPort = datagrams.port();
        this.view = view;
        this.settings = settings;
        registration = loop.events().register(datagrams.fd(), EventLoop.READABLE, _ -> receive());
        connections.serve(this::answerByConnection);
    }

    /** What a resolver listens on. */
    record Sockets(InetSocket datagrams, Connections connections) {
        /** Opens both, in the namespace that the calling thread is in. */
        static Sockets open(InetSocketAddress address) throws IOException {
            InetSocket datagrams = InetSocket.bind(InetSocket.Kind.UDP, address);
            try {
                return new Sockets(datagrams, Connections.listen(address));
            } catch (IOException | RuntimeException e) {
                datagrams.close();
                throw e;
            }
        }

        void close() {
            datagrams.close();
            connections.close();
        }
    }

    /** Where datagrams are answered. */
    public int datagramPort() {
        return datagramPort;
    }

    /** Where connections are answered. */
    public int connectionPort() {
        return connections.port();
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
    private void receive() {
        DatagramBatch batch = loop.batch();
        int count = batch.receive(datagrams);
        for (int i = 0; i < count; i++) {
            try {
                switch (Query.read(batch.bytes(i), true)) {
                    case Query.Received.Question(Query query) -> answer(query, batch, i);
                    case Query.Received.Refused(byte[] refusal) -> batch.answer(i, refusal);
                    case Query.Received.Ignored() -> {}
                }
            } catch (RuntimeException e) {
                // One question must not keep the others from being answered.
                System.getLogger(Resolver.class.getName())
                        .log(System.Logger.Level.DEBUG, "a question at " + address() + " failed", e);
            }
        }
        batch.send(datagrams);
    }

    private void answer(Query query, DatagramBatch batch, int datagram) {
        Optional<byte[]> known = answerWithoutAsking(query);
        if (known.isPresent() && known.get().length > batch.bytesMax()) {
            datagrams.send(known.get(), batch.sender(datagram));
        } else if (known.isPresent()) {
            batch.answer(datagram, known.get());
        } else if (forwards.tryAcquire()) {
            InetSocketAddress client = batch.sender(datagram);
            Thread.ofVirtual().name("berth-dns-forward").start(() -> {
                try {
                    sendLater(askOthers(query, true), client);
                } finally {
                    forwards.release();
                }
            });
        } else {
            batch.answer(datagram, query.failure(Rcode.REFUSED));
        }
    }

    private void sendLater(byte[] answer, InetSocketAddress client) {
        sending.lock();
        try {
            if (!closing.get()) {
                datagrams.send(answer, client);
            }
        } finally {
            sending.unlock();
        }
    }

    private Optional<byte[]> answerByConnection(byte[] wire) {
        return switch (Query.read(wire, false)) {
            case Query.Received.Question(Query query) ->
                Optional.of(answerWithoutAsking(query).orElseGet(() -> askOthers(query, false)));
            case Query.Received.Refused(byte[] refusal) -> Optional.of(refusal);
            case Query.Received.Ignored() -> Optional.empty();
        };
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

    /** The address of the sockets, for errors. */
    InetSocketAddress address() {
        return new InetSocketAddress(ResolverLoop.ADDRESS.inet(), datagramPort);
    }

    /** Closes all sockets before it returns. Idempotent. */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            connections.close();
            loop.run(() -> {
                sending.lock();
                try {
                    registration.cancel();
                    datagrams.close();
                } finally {
                    sending.unlock();
                }
            });
            loop.forget(this); // not before: the loop's thread goes on for as long as there is one
            closed.complete(null);
        }
        closed.join();
    }
}
