package dev.berth.network.proxy;

import dev.berth.linux.LinuxException;
import dev.berth.linux.event.EventLoop;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.socket.DatagramBuffer;
import dev.berth.linux.socket.InetSocket;
import dev.berth.network.Inside;
import dev.berth.network.address.IpAddress;
import dev.berth.network.port.HeldPort;
import dev.berth.network.port.Protocol;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Carries what reaches published ports without address translation: from the host's loopback interface, from IPv6 to a
 * container that has IPv4 alone, and where there is no nftables. One thread for all ports of an engine.
 */
public final class UserSpaceProxy implements AutoCloseable {
    private final EventLoop loop = new EventLoop("berth-proxy");
    private final DatagramBuffer buffer = new DatagramBuffer();
    private final Inside host;
    private final Thread broom;
    private volatile boolean closed;

    // The loop's thread's alone.
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private final Set<DatagramRelay> datagramRelays = new HashSet<>();
    private int connections;

    /** @param host where containers are reached from: sockets are opened in it */
    public UserSpaceProxy(Inside host) {
        this.host = host;
        broom = Thread.ofVirtual().name("berth-proxy-silence").start(this::sweep);
    }

    /** How sockets towards containers are opened. */
    @FunctionalInterface
    interface Connector {
        InetSocket connect(InetSocket.Kind kind, InetSocketAddress address);
    }

    /** A port that is carried. The port itself stays its owner's. */
    public final class Carried implements AutoCloseable {
        private final Runnable end;

        private Carried(Runnable end) {
            this.end = end;
        }

        /** Ends all connections, and returns when they are. Idempotent. */
        @Override
        public void close() {
            if (!closed) {
                onLoop(end);
            }
        }
    }

    /**
     * Carries what comes to a held port to a container's.
     *
     * @param container its addresses, at least one: that of the client's family is taken, or else the first
     * @throws IllegalArgumentException for SCTP, which cannot be carried: it has address translation alone, as in Docker
     */
    public Carried carry(HeldPort port, List<IpAddress> container, int containerPort) {
        if (port.protocol() == Protocol.SCTP) {
            throw new IllegalArgumentException("SCTP cannot be carried in user space");
        }
        List<Runnable> ends = new ArrayList<>();
        onLoop(() -> {
            for (HeldPort.Socket socket : port.sockets()) {
                IpAddress address = container.stream()
                        .filter(one -> one.family() == socket.address().family())
                        .findFirst()
                        .orElse(container.getFirst());
                InetSocketAddress towards = new InetSocketAddress(address.inet(), containerPort);
                ends.add(
                        port.protocol() == Protocol.TCP
                                ? startStreams(socket.socket(), towards)
                                : startDatagrams(socket.socket(), towards));
            }
        });
        return new Carried(() -> {
            ends.forEach(Runnable::run);
            ends.clear();
        });
    }

    private Runnable startStreams(InetSocket port, InetSocketAddress container) {
        Listener listener = new Listener(port, container);
        listeners.add(listener);
        listener.listen();
        return listener::close;
    }

    private Runnable startDatagrams(InetSocket port, InetSocketAddress container) {
        DatagramRelay relay = new DatagramRelay(loop, buffer, port, container, this::connect);
        datagramRelays.add(relay);
        return () -> {
            datagramRelays.remove(relay);
            relay.close();
        };
    }

    private InetSocket connect(InetSocket.Kind kind, InetSocketAddress address) {
        return host.call(() -> InetSocket.connect(kind, address));
    }

    /** Takes connections at one port. */
    private final class Listener {
        private final InetSocket port;
        private final InetSocketAddress container;
        private final Watch watch;
        private final Set<StreamRelay> relays = new HashSet<>();

        Listener(InetSocket port, InetSocketAddress container) {
            this.port = port;
            this.container = container;
            watch = new Watch(loop, port, events -> accept());
        }

        void listen() {
            watch.want(connections < Limits.CONNECTIONS, false);
        }

        private void accept() {
            for (int i = 0; i < Limits.CONNECTIONS_PER_TURN && connections < Limits.CONNECTIONS; i++) {
                try {
                    Optional<InetSocket> client = port.accept();
                    if (client.isEmpty()) {
                        return;
                    }
                    relay(client.get());
                } catch (LinuxException e) {
                    watch.want(false, false); // too many files: the next connection that ends makes room
                    return;
                }
            }
            if (connections >= Limits.CONNECTIONS) {
                listeners.forEach(Listener::listen);
            }
        }

        private void relay(InetSocket client) {
            List<Runnable> undo = new ArrayList<>(List.of(client::close));
            try {
                InetSocket towards = connect(InetSocket.Kind.TCP, container);
                undo.add(towards::close);
                Pipe there = Pipe.open();
                undo.add(there::close);
                Pipe back = Pipe.open();
                connections++;
                StreamRelay[] relay = new StreamRelay[1];
                relay[0] = new StreamRelay(loop, client, towards, there, back, () -> {
                    relays.remove(relay[0]);
                    connections--;
                    listeners.forEach(Listener::listen);
                });
                relays.add(relay[0]);
            } catch (LinuxException e) {
                // No way to the container, or too many files: this client is turned away.
                undo.forEach(Runnable::run);
            }
        }

        void close() {
            listeners.remove(this);
            watch.want(false, false);
            List.copyOf(relays).forEach(StreamRelay::close);
        }
    }

    private void sweep() {
        try {
            while (true) {
                Thread.sleep(Limits.CLIENT_SILENCE.dividedBy(3));
                long then = System.nanoTime() - Limits.CLIENT_SILENCE.toNanos();
                loop.execute(() -> {
                    datagramRelays.forEach(relay -> relay.forgetSilentSince(then));
                    listeners.forEach(Listener::listen); // where there were too many files, there may be fewer now
                });
            }
        } catch (InterruptedException e) {
            // The proxy is closed.
        }
    }

    /** Does something on the loop's thread and returns when it is done. */
    private void onLoop(Runnable work) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                work.run();
                done.complete(true);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        done.join();
    }

    /** Ends all connections and the thread. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        broom.interrupt();
        onLoop(() -> {
            List.copyOf(listeners).forEach(Listener::close);
            datagramRelays.forEach(DatagramRelay::close);
            datagramRelays.clear();
        });
        loop.close();
        buffer.close();
    }
}
