package dev.berth.linux.netlink;

/**
 * The network of one namespace: its interfaces, addresses, routes and neighbours (rtnetlink(7)). Holds a socket; safe for
 * use by many threads.
 */
public final class Rtnetlink implements AutoCloseable {
    private final NetlinkSocket socket;

    private Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** That of the calling thread's namespace: the host's, unless it has entered another. */
    public static Rtnetlink open() {
        return new Rtnetlink(NetlinkSocket.open(NetlinkProtocol.ROUTE));
    }

    /** That of a namespace, which need not stay open. */
    public static Rtnetlink open(NetworkNamespace namespace) {
        return new Rtnetlink(NetlinkSocket.open(NetlinkProtocol.ROUTE, namespace));
    }

    public Links links() {
        return new Links(socket);
    }

    public Addresses addresses() {
        return new Addresses(socket);
    }

    public Routes routes() {
        return new Routes(socket);
    }

    public Neighbours neighbours() {
        return new Neighbours(socket);
    }

    @Override
    public void close() {
        socket.close();
    }
}
