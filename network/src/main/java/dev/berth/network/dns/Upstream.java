package dev.berth.network.dns;

import dev.berth.network.address.IpAddress;
import java.net.InetSocketAddress;

/**
 * A name server that is asked what is no container's name.
 *
 * @param inside whether it is asked from within the container's network namespace, because it can be reached from there
 *     alone; otherwise from the host's
 */
public record Upstream(IpAddress address, int port, boolean inside) {
    public static final int PORT = 53;

    public static Upstream fromHost(IpAddress address) {
        return new Upstream(address, PORT, false);
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(address.inet(), port);
    }

    @Override
    public String toString() {
        return address + " port " + port;
    }
}
