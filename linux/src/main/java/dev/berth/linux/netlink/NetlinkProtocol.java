package dev.berth.linux.netlink;

/** The netlink families that Berth speaks (netlink(7)). */
public enum NetlinkProtocol {
    /** Interfaces, addresses, routes, neighbours. */
    ROUTE(0),
    /** Filters and address translation. */
    NETFILTER(12);

    private final int number;

    NetlinkProtocol(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
