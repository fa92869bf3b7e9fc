package dev.berth.engine.network;

import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.EndpointIpam;
import dev.berth.engine.error.EngineException;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.endpoint.EndpointOptions;
import dev.berth.network.host.NetworkSandbox;
import dev.berth.network.ipam.AddressPlan;
import dev.berth.network.ipam.Subnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An endpoint's addresses: asked for, taken in the network's subnets, and given back. */
final class Endpoints {
    private static final int LINK_LOCAL_IPV4_BITS = 16;
    private static final int LINK_LOCAL_IPV6_BITS = 64;

    private Endpoints() {}

    /**
     * Checks what is asked for of a place in a network.
     *
     * @throws EngineException INVALID in Docker's words
     */
    static void check(Network network, EndpointConfig asked) {
        boolean fixed = asked.ipamConfig()
                .filter(ipam ->
                        !ipam.iPv4Address().isEmpty() || !ipam.iPv6Address().isEmpty())
                .isPresent();
        String invalid = "invalid endpoint settings:\n";
        if (network.isDefault() && fixed) {
            throw EngineException.invalid(
                    invalid + "user specified IP address is supported on user defined networks only");
        }
        if (network.isDefault() && !asked.aliases().isEmpty()) {
            throw EngineException.invalid(
                    invalid + "network-scoped aliases are only supported for user-defined networks");
        }
        asked.ipamConfig().ifPresent(ipam -> {
            checkAddress(Family.IPV4, ipam.iPv4Address());
            checkAddress(Family.IPV6, ipam.iPv6Address());
            for (String address : ipam.linkLocalIPs()) {
                if (IpAddress.parse(address).filter(one -> !one.isAny()).isEmpty()) {
                    throw EngineException.invalid(invalid + "invalid link-local IP address: " + address);
                }
            }
        });
        try {
            EndpointOptions.parse(asked.driverOpts());
        } catch (NetworkException e) {
            throw EngineException.invalid(invalid + e.getMessage());
        }
        asked.links().forEach(LinkText::parse);
    }

    private static void checkAddress(Family family, String text) {
        if (!text.isEmpty()
                && IpAddress.parse(text)
                        .filter(address -> address.family() == family)
                        .isEmpty()) {
            throw EngineException.invalid("invalid endpoint settings:\ninvalid " + family + " address: " + text);
        }
    }

    /**
     * Takes an address of each family that the network has.
     *
     * @throws NetworkException where one cannot be had; none is taken then
     */
    static List<AddressPlan.Assignment> assign(Network network, EndpointConfig asked) {
        List<AddressPlan.Assignment> taken = new ArrayList<>();
        try {
            for (Family family : Family.values()) {
                Optional<IpAddress> fixed = fixed(asked, family);
                List<Subnet> subnets = network.subnets(family);
                if (subnets.isEmpty() && fixed.isPresent()) {
                    throw NetworkException.invalid(
                            "invalid endpoint settings:\nno configured subnet contains IP address " + fixed.get());
                }
                if (!subnets.isEmpty()) {
                    taken.add(AddressPlan.assign(network.name(), family, subnets, fixed));
                }
            }
            return taken;
        } catch (RuntimeException e) {
            taken.forEach(AddressPlan.Assignment::release);
            throw e;
        }
    }

    private static Optional<IpAddress> fixed(EndpointConfig asked, Family family) {
        return asked.ipamConfig()
                .map(ipam -> family == Family.IPV4 ? ipam.iPv4Address() : ipam.iPv6Address())
                .filter(text -> !text.isEmpty())
                .map(IpAddress::of);
    }

    /** The addresses that an endpoint has besides, which are none of the network's, with the lengths that Docker gives them. */
    static List<IpPrefix> linkLocal(EndpointConfig asked) {
        return asked.ipamConfig().map(EndpointIpam::linkLocalIPs).orElse(List.of()).stream()
                .map(IpAddress::of)
                .map(address -> new IpPrefix(
                        address, address.family() == Family.IPV4 ? LINK_LOCAL_IPV4_BITS : LINK_LOCAL_IPV6_BITS))
                .toList();
    }

    /** Takes the addresses of an endpoint that is there. */
    static void take(Network network, Endpoint endpoint) {
        for (IpPrefix address : addresses(endpoint)) {
            network.subnets(address.family()).stream()
                    .filter(subnet -> subnet.prefix().contains(address.address()) && !subnet.isTaken(address.address()))
                    .findFirst()
                    .ifPresent(subnet -> subnet.take(address.address()));
        }
    }

    /** Gives them back. */
    static void release(Network network, Endpoint endpoint) {
        for (IpPrefix address : addresses(endpoint)) {
            network.subnets(address.family()).stream()
                    .filter(subnet -> subnet.prefix().contains(address.address()))
                    .forEach(subnet -> subnet.release(address.address()));
        }
    }

    /** With the lengths of their subnets' prefixes. */
    static List<IpPrefix> addresses(Endpoint endpoint) {
        return Stream.of(endpoint.ipv4(), endpoint.ipv6())
                .filter(text -> !text.isEmpty())
                .map(IpPrefix::of)
                .toList();
    }

    /** What is attached, or has been, for an endpoint that is written down. */
    static NetworkSandbox.Wish wish(Endpoint endpoint) {
        return new NetworkSandbox.Wish(
                endpoint.id(), addresses(endpoint), endpoint.mac(), List.of(), EndpointOptions.NONE);
    }

    /** By which all else is reached, if this endpoint is the way out: any address stands for its link. */
    static List<IpAddress> waysOut(Network network, Endpoint endpoint) {
        return network.segment().isRouted() ? anyOf(addresses(endpoint)) : gateways(endpoint);
    }

    /** Any address of each family that there is. */
    static List<IpAddress> anyOf(List<IpPrefix> addresses) {
        return addresses.stream()
                .map(address -> address.family() == Family.IPV4 ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6)
                .distinct()
                .toList();
    }

    /** The network's own addresses, as far as the endpoint has to do with them. */
    static List<IpAddress> gateways(Endpoint endpoint) {
        return Stream.of(endpoint.gatewayIpv4(), endpoint.gatewayIpv6())
                .filter(text -> !text.isEmpty())
                .map(IpAddress::of)
                .toList();
    }
}
