package dev.berth.linux.netlink;

import java.net.InetAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A route of the main table.
 *
 * @param destination all of a family ({@code 0.0.0.0/0}, {@code ::/0}) for the default route
 * @param link the index of the interface that it leads over; empty where the gateway's is meant
 * @param source the address that we send from
 * @param metric of two routes to one destination the lower counts; empty for the kernel's
 */
public record Route(
        IpPrefix destination,
        Optional<InetAddress> gateway,
        OptionalInt link,
        Optional<InetAddress> source,
        OptionalInt metric) {

    /** To a network that is reached over an interface itself. */
    public static Route to(IpPrefix destination, int link) {
        return new Route(destination, Optional.empty(), OptionalInt.of(link), Optional.empty(), OptionalInt.empty());
    }

    /** To a network behind a gateway. */
    public static Route via(IpPrefix destination, InetAddress gateway) {
        return new Route(destination, Optional.of(gateway), OptionalInt.empty(), Optional.empty(), OptionalInt.empty());
    }

    /** To everything, by a gateway. */
    public static Route defaultVia(InetAddress gateway) {
        return via(all(IpFamily.of(gateway)), gateway);
    }

    /** To everything of a family, over an interface itself. */
    public static Route defaultOver(IpFamily family, int link) {
        return to(all(family), link);
    }

    /** The same over this interface. */
    public Route over(int link) {
        return new Route(destination, gateway, OptionalInt.of(link), source, metric);
    }

    /** The same, sending from this address. */
    public Route from(InetAddress address) {
        return new Route(destination, gateway, link, Optional.of(address), metric);
    }

    public Route metric(int metric) {
        return new Route(destination, gateway, link, source, OptionalInt.of(metric));
    }

    public boolean isDefault() {
        return destination.length() == 0;
    }

    private static IpPrefix all(IpFamily family) {
        return new IpPrefix(IpPrefix.address(new byte[family.addressBytes()]), 0);
    }
}
