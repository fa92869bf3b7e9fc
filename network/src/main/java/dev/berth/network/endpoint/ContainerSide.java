package dev.berth.network.endpoint;

import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.InterfaceSysctl;
import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.Link;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Route;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** An endpoint as its container sees it: what is done with an interface once it is there. */
public final class ContainerSide {
    private static final int INTERFACES_MAX = 1000;

    private ContainerSide() {}

    /** Refuses settings that are none of an interface's, before anything is made: INVALID. */
    public static void check(EndpointSpec endpoint) {
        InterfaceSettings.check(endpoint.sysctls());
    }

    /**
     * The name that the endpoint asks for, or the first that begins so and is free in the container.
     *
     * @throws NetworkException FORBIDDEN where the container has an interface of that name
     */
    public static String name(EndpointSpec endpoint, String prefix, NetworkNamespace container) {
        try (Rtnetlink inside = Rtnetlink.open(container)) {
            Set<String> taken = inside.links().list().stream().map(Link::name).collect(Collectors.toSet());
            if (endpoint.interfaceName().filter(taken::contains).isPresent()) {
                throw NetworkException.forbidden("the container has an interface "
                        + endpoint.interfaceName().get() + " already; give this one another name");
            }
            return endpoint.interfaceName().orElseGet(() -> freeName(prefix, taken));
        }
    }

    private static String freeName(String prefix, Set<String> taken) {
        return IntStream.range(0, INTERFACES_MAX)
                .mapToObj(number -> prefix + number)
                .filter(name -> !taken.contains(name))
                .findFirst()
                .orElseThrow(() -> NetworkException.exhausted(
                        "the container has " + INTERFACES_MAX + " interfaces already; no more are possible"));
    }

    /** Gives an interface of the container what the endpoint is to have, and sets it up. Where it fails, it is half done. */
    public static void configure(EndpointSpec endpoint, String name, NetworkNamespace container) {
        container.run(() -> configure(endpoint, name));
    }

    private static void configure(EndpointSpec endpoint, String name) {
        try (Rtnetlink inside = Rtnetlink.open()) {
            bringLoopbackUp(inside);
            int link = inside.links().get(name).index();
            boolean ipv6 = endpoint.addresses().stream().anyMatch(address -> address.family() == Family.IPV6);
            if (InterfaceSysctl.DISABLE_IPV6.isThere(name)) {
                InterfaceSysctl.DISABLE_IPV6.write(name, ipv6 ? 0 : 1);
                InterfaceSysctl.ACCEPT_RA.write(name, 0);
                // Its link-local address, too, is there at once: a first packet would wait a second for it.
                InterfaceSysctl.ACCEPT_DAD.write(name, 0);
            }
            for (IpPrefix address : endpoint.addresses()) {
                inside.addresses().add(link, address.forLink());
            }
            InterfaceSettings.write(endpoint.sysctls(), name);
            inside.links().change(link, LinkSettings.NONE.up());
            for (IpAddress gateway : endpoint.gateways()) {
                inside.routes().replace(wayOut(gateway, link));
            }
        }
    }

    /** A gateway that is any address of its family stands for the link itself. */
    private static Route wayOut(IpAddress gateway, int link) {
        return gateway.isAny()
                ? Route.defaultOver(IpFamily.of(gateway.inet()), link)
                : Route.defaultVia(gateway.inet()).over(link);
    }

    private static void bringLoopbackUp(Rtnetlink inside) {
        inside.links()
                .find("lo")
                .filter(loopback -> !loopback.isUp())
                .ifPresent(loopback -> inside.links().change(loopback.index(), LinkSettings.NONE.up()));
    }

    /**
     * Leads what a container sends elsewhere by these gateways, one a family, in the place of those that it had.
     *
     * @param interfaceName the container's that leads to them
     * @param gateways none of a family for no way out
     */
    public static void changeGateways(NetworkNamespace container, String interfaceName, List<IpAddress> gateways) {
        try (Rtnetlink inside = Rtnetlink.open(container)) {
            for (IpFamily family : IpFamily.values()) {
                Optional<IpAddress> gateway = gateways.stream()
                        .filter(one -> IpFamily.of(one.inet()) == family)
                        .findFirst();
                if (gateway.isPresent()) {
                    int link = inside.links().get(interfaceName).index();
                    inside.routes().replace(wayOut(gateway.get(), link));
                } else {
                    inside.routes().list(family).stream()
                            .filter(Route::isDefault)
                            .forEach(inside.routes()::delete);
                }
            }
        } catch (LinuxException e) {
            throw NetworkException.failed("change a container's gateway: " + e.getMessage(), e);
        }
    }
}
