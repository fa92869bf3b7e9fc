package dev.berth.network.dns;

import dev.berth.linux.LinuxException;
import dev.berth.linux.event.EventLoop;
import dev.berth.linux.socket.DatagramBatch;
import dev.berth.network.Inside;
import dev.berth.network.NetworkException;
import dev.berth.network.address.IpAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The resolvers of all containers of an engine: one thread answers what containers' names answer, and virtual threads wait
 * for upstreams. Where the thread is in means nothing for a socket: it belongs to the namespace that it was opened in.
 */
public final class ResolverLoop implements AutoCloseable {
    /** Where containers look for their resolver, Docker's. */
    public static final IpAddress ADDRESS = IpAddress.of("127.0.0.11");

    private final Forwarder forwarder;
    private final EventLoop events;
    /** The loop's thread's. */
    private final DatagramBatch batch = new DatagramBatch(Limits.DATAGRAMS_PER_TURN, Limits.QUESTION_BYTES);

    private final Set<Resolver> resolvers = ConcurrentHashMap.newKeySet();

    /** Starts the thread, a daemon one. */
    public ResolverLoop() {
        this(Limits.FORWARD);
    }

    /** @param patience how long all upstreams together may take for a question */
    ResolverLoop(Duration patience) {
        forwarder = new Forwarder(new SecureRandom(), patience);
        try {
            events = new EventLoop("berth-dns");
        } catch (LinuxException e) {
            throw NetworkException.failed("start the resolver: " + e.getMessage(), e);
        }
    }

    Forwarder forwarder() {
        return forwarder;
    }

    EventLoop events() {
        return events;
    }

    DatagramBatch batch() {
        return batch;
    }

    /**
     * Opens a container's resolver at {@link #ADDRESS} in its namespace; it is heard when the loopback interface there is up.
     *
     * @param port 0 for ports of the kernel's choice, to which the namespace's rules lead port 53: so that the container can
     *     have a name server of its own at {@code 0.0.0.0:53}. Otherwise the port for datagrams and connections.
     * @throws NetworkException FAILED where a socket cannot be had; none is left open then
     */
    public Resolver open(Inside namespace, int port, NameView view, ResolverSettings settings) {
        InetSocketAddress address = new InetSocketAddress(ADDRESS.inet(), port);
        try {
            Resolver.Sockets sockets = namespace.call(() -> Resolver.Sockets.open(address));
            try {
                Resolver resolver = new Resolver(this, namespace, sockets, view, settings);
                resolvers.add(resolver);
                return resolver;
            } catch (RuntimeException e) {
                sockets.close();
                throw e;
            }
        } catch (RuntimeException e) {
            throw NetworkException.failed(
                    "open the resolver at " + ADDRESS + " port " + port + ": " + e.getMessage(), e);
        }
    }

    void forget(Resolver resolver) {
        resolvers.remove(resolver);
    }

    /** Does something on the loop's thread, and returns when it is done. */
    void run(Runnable work) {
        if (events.isCurrent()) {
            work.run();
            return;
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        events.execute(() -> {
            try {
                work.run();
            } finally {
                done.complete(null);
            }
        });
        done.join();
    }

    /** Closes all resolvers and ends the thread. */
    @Override
    public void close() {
        while (!resolvers.isEmpty()) { // also those that somebody else is just closing
            List.copyOf(resolvers).forEach(Resolver::close);
        }
        events.close();
        batch.close();
    }
}
