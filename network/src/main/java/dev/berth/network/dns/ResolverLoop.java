package dev.berth.network.dns;

import dev.berth.network.Inside;
import dev.berth.network.NetworkException;
import dev.berth.network.address.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The resolvers of all containers of an engine: one thread answers what containers' names answer, and virtual threads wait
 * for upstreams. Where the thread is in means nothing for a socket: it belongs to the namespace that it was opened in.
 */
public final class ResolverLoop implements AutoCloseable {
    /** Where containers look for their resolver, Docker's. */
    public static final IpAddress ADDRESS = IpAddress.of("127.0.0.11");

    private static final int BACKLOG = 64;

    private final Selector selector;
    private final Forwarder forwarder;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(Limits.MESSAGE_BYTES);
    private final Thread thread;
    private volatile boolean closing;

    /** Starts the thread, a daemon one. */
    public ResolverLoop() {
        this(Limits.FORWARD);
    }

    /** @param patience how long all upstreams together may take for a question */
    ResolverLoop(Duration patience) {
        forwarder = new Forwarder(new SecureRandom(), patience);
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw NetworkException.failed("start the resolver: " + e.getMessage(), e);
        }
        thread = Thread.ofPlatform().daemon().name("berth-dns").unstarted(this::run);
        thread.start();
    }

    Forwarder forwarder() {
        return forwarder;
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
            Sockets sockets = namespace.call(() -> Sockets.open(address));
            Resolver resolver = new Resolver(this, namespace, sockets.datagrams, sockets.connections, view, settings);
            try {
                register(resolver);
            } catch (IOException | RuntimeException e) {
                resolver.close();
                throw e;
            }
            return resolver;
        } catch (IOException | RuntimeException e) {
            throw NetworkException.failed(
                    "open the resolver at " + ADDRESS + " port " + port + ": " + e.getMessage(), e);
        }
    }

    /** What a resolver listens on. */
    private record Sockets(DatagramChannel datagrams, ServerSocketChannel connections) {
        static Sockets open(InetSocketAddress address) throws IOException {
            DatagramChannel datagrams = DatagramChannel.open(StandardProtocolFamily.INET);
            try {
                datagrams.bind(address).configureBlocking(false);
                ServerSocketChannel connections = ServerSocketChannel.open(StandardProtocolFamily.INET);
                try {
                    connections.bind(address, BACKLOG).configureBlocking(false);
                    return new Sockets(datagrams, connections);
                } catch (IOException | RuntimeException e) {
                    connections.close();
                    throw e;
                }
            } catch (IOException | RuntimeException e) {
                datagrams.close();
                throw e;
            }
        }
    }

    private void register(Resolver resolver) throws IOException {
        resolver.datagrams().register(selector, SelectionKey.OP_READ, resolver);
        resolver.connections().register(selector, SelectionKey.OP_ACCEPT, resolver);
        selector.wakeup();
    }

    /** Closes a resolver's sockets and returns when they are: a selector holds them until it looks again. */
    void close(Resolver resolver) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        tasks.add(() -> {
            closeChannel(resolver.datagrams());
            closeChannel(resolver.connections());
            try {
                selector.selectNow(); // takes the closed ones out, which closes their descriptors
            } catch (IOException | ClosedSelectorException e) {
                // The selector is going, and they with it.
            }
            done.complete(null);
        });
        selector.wakeup();
        if (Thread.currentThread() == thread || !thread.isAlive()) {
            runTasks();
        }
        done.join();
    }

    private static void closeChannel(SelectableChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Linux closes it whatever close(2) says.
        }
    }

    private void run() {
        while (!closing) {
            try {
                selector.select(this::ready);
            } catch (IOException e) {
                System.getLogger(ResolverLoop.class.getName())
                        .log(System.Logger.Level.ERROR, "the resolver cannot wait for questions", e);
            }
            runTasks();
        }
    }

    private void ready(SelectionKey key) {
        Resolver resolver = (Resolver) key.attachment();
        try {
            if (key.isReadable()) {
                resolver.receive(buffer);
            } else if (key.isAcceptable()) {
                accept(key, resolver);
            }
        } catch (IOException | RuntimeException e) {
            // One container's sockets must not end the loop for all others.
            System.getLogger(ResolverLoop.class.getName())
                    .log(System.Logger.Level.DEBUG, "a question at " + resolver.address() + " failed", e);
        }
    }

    private void accept(SelectionKey key, Resolver resolver) throws IOException {
        try {
            resolver.accept();
        } catch (IOException e) {
            // Too many files: the client goes on waiting, and we would be woken for it over and over.
            key.interestOps(0);
            Thread.ofVirtual().name("berth-dns-pause").start(() -> resume(key));
            throw e;
        }
    }

    private void resume(SelectionKey key) {
        try {
            Thread.sleep(Limits.PAUSE);
            key.interestOps(SelectionKey.OP_ACCEPT);
            selector.wakeup();
        } catch (InterruptedException | CancelledKeyException e) {
            // The resolver is closed.
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Ends the thread and closes the sockets of all resolvers. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // the thread still uses what would be closed
        }
        runTasks();
        selector.keys().stream()
                .map(key -> (Resolver) key.attachment())
                .distinct()
                .toList()
                .forEach(Resolver::close);
        try {
            selector.close();
        } catch (IOException e) {
            // Linux closes it whatever close(2) says.
        }
    }
}
