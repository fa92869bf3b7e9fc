package dev.berth.network.port;

import dev.berth.linux.socket.InetSocket;
import dev.berth.network.address.IpAddress;
import java.util.List;

/**
 * A port of the host that is ours: no other process and no other container can have it, until it is closed.
 *
 * @param sockets one for each address
 */
public record HeldPort(HostPorts owner, Protocol protocol, int port, List<Socket> sockets) implements AutoCloseable {
    public HeldPort {
        sockets = List.copyOf(sockets);
    }

    /** What holds the port at one address, listening. */
    public record Socket(IpAddress address, InetSocket socket) {}

    /** Lets go of it. Idempotent. */
    @Override
    public void close() {
        owner.release(this);
    }
}
