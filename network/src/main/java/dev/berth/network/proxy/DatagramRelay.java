package dev.berth.network.proxy;

import dev.berth.linux.LinuxException;
import dev.berth.linux.event.EventLoop;
import dev.berth.linux.socket.DatagramBuffer;
import dev.berth.linux.socket.InetSocket;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Datagrams to one port carried by hand: each client has a socket of its own towards the container, so that answers find
 * their way back. Lives on the loop's thread.
 */
final class DatagramRelay {
    private final EventLoop loop;
    private final DatagramBuffer buffer;
    private final InetSocket port;
    private final InetSocketAddress container;
    private final UserSpaceProxy.Connector connector;
    private final Watch watch;
    /** Whoever has been silent longest first. */
    private final Map<DatagramBuffer.Sender, Client> clients = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Client {
        private final InetSocket socket;
        private final Watch answers;
        private long lastNanos = System.nanoTime();

        Client(InetSocket socket, Watch answers) {
            this.socket = socket;
            this.answers = answers;
        }

        void close() {
            answers.want(false, false);
            socket.close();
        }
    }

    DatagramRelay(
            EventLoop loop,
            DatagramBuffer buffer,
            InetSocket port,
            InetSocketAddress container,
            UserSpaceProxy.Connector connector) {
        this.loop = loop;
        this.buffer = buffer;
        this.port = port;
        this.container = container;
        this.connector = connector;
        watch = new Watch(loop, port, events -> carryThere());
        watch.want(true, false);
    }

    private void carryThere() {
        for (int i = 0; i < Limits.DATAGRAMS_PER_TURN; i++) {
            Optional<DatagramBuffer.Sender> sender = buffer.receive(port);
            if (sender.isEmpty()) {
                return;
            }
            client(sender.get()).ifPresent(client -> {
                client.lastNanos = System.nanoTime();
                buffer.sendConnected(client.socket);
            });
        }
    }

    private Optional<Client> client(DatagramBuffer.Sender sender) {
        Client known = clients.get(sender);
        if (known != null) {
            return Optional.of(known);
        }
        if (clients.size() >= Limits.CLIENTS_PER_PORT) {
            forget(clients.entrySet().iterator());
        }
        try {
            InetSocket socket = connector.connect(InetSocket.Kind.UDP, container);
            Watch answers = new Watch(loop, socket, events -> carryBack(socket, sender));
            Client client = new Client(socket, answers);
            clients.put(sender, client);
            answers.want(true, false);
            return Optional.of(client);
        } catch (LinuxException e) {
            return Optional.empty(); // no way to the container, or too many files: the datagram is lost
        }
    }

    private void carryBack(InetSocket from, DatagramBuffer.Sender to) {
        for (int i = 0; i < Limits.DATAGRAMS_PER_TURN && buffer.receiveConnected(from); i++) {
            buffer.sendBack(port, to);
        }
    }

    private static void forget(Iterator<Map.Entry<DatagramBuffer.Sender, Client>> oldest) {
        Client client = oldest.next().getValue();
        oldest.remove();
        client.close();
    }

    /** Forgets clients that have been silent since before then. */
    void forgetSilentSince(long nanos) {
        Iterator<Map.Entry<DatagramBuffer.Sender, Client>> entries =
                clients.entrySet().iterator();
        while (entries.hasNext()) {
            Client client = entries.next().getValue();
            if (client.lastNanos - nanos > 0) {
                return; // all others were heard of later
            }
            entries.remove();
            client.close();
        }
    }

    /** Forgets all clients. The port stays its owner's. */
    void close() {
        watch.want(false, false);
        clients.values().forEach(Client::close);
        clients.clear();
    }
}
