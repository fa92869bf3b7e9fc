package dev.berth.network.bridge;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.Address;
import dev.berth.linux.netlink.InterfaceSysctl;
import dev.berth.linux.netlink.IpFamily;
import dev.berth.linux.netlink.Link;
import dev.berth.linux.netlink.LinkKind;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.endpoint.ContainerSide;
import dev.berth.network.endpoint.EndpointSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The bridges of a host's network namespace and the endpoints on them. Keeps nothing but a socket: what there is, is known by
 * its interface's name and alias, so that the next engine finds what this one has made. Safe for use by many threads.
 */
public final class Bridges implements AutoCloseable {
    /** By which containers reach an IPv6 network's gateway whatever its address; Docker's. */
    private static final IpPrefix LINK_LOCAL = IpPrefix.of("fe80::1/64");

    private final NetworkNamespace host;
    private final Rtnetlink network;

    /** @param host where bridges are; it stays the caller's, and must stay open */
    public Bridges(NetworkNamespace host) {
        this.host = host;
        network = Rtnetlink.open(host);
    }

    /**
     * Makes a network's bridge, or takes up the one that was made for it.
     *
     * @throws NetworkException FORBIDDEN where another interface has its name, FAILED where the kernel refuses; nothing is left
     *     then
     */
    public void ensure(BridgeSpec spec) {
        Optional<Link> existing = network.links().find(spec.interfaceName());
        if (existing.isPresent()) {
            if (!isOurs(existing.get(), "bridge", spec.alias())) {
                throw NetworkException.forbidden("create bridge " + spec.interfaceName()
                        + ": the host has an interface of that name; choose another by"
                        + " com.docker.network.bridge.name, or remove it");
            }
            configure(spec, existing.get().index());
            return;
        }
        String doing = "create bridge " + spec.interfaceName();
        int index;
        try {
            removeUnfinished(spec);
            LinkSettings settings = LinkSettings.NONE;
            if (spec.options().mtu().isPresent()) {
                settings = settings.mtu(spec.options().mtu().getAsInt());
            }
            network.links().create(spec.unfinishedName(), LinkKind.Bridge.DEFAULT, settings);
            index = network.links().get(spec.unfinishedName()).index();
        } catch (RuntimeException e) {
            throw NetworkException.failed(doing + ": " + e.getMessage(), e);
        }
        try {
            network.links().alias(index, spec.alias());
            network.links().change(index, LinkSettings.NONE.name(spec.interfaceName()));
            configure(spec, index);
        } catch (RuntimeException e) {
            network.links().delete(index);
            throw NetworkException.failed(doing + ": " + e.getMessage(), e);
        }
    }

    /** The kernel gives an interface its name before its alias: an engine that died in between has left one of this name. */
    private void removeUnfinished(BridgeSpec spec) {
        network.links()
                .find(spec.unfinishedName())
                .filter(link -> link.kind().equals("bridge"))
                .ifPresent(link -> network.links().delete(link.index()));
    }

    private static boolean isOurs(Link link, String kind, String alias) {
        return link.kind().equals(kind) && link.alias().equals(Optional.of(alias));
    }

    private void configure(BridgeSpec spec, int index) {
        boolean ipv6 = spec.bridgeHasAddress(Family.IPV6);
        host.run(() -> {
            if (InterfaceSysctl.DISABLE_IPV6.isThere(spec.interfaceName())) {
                InterfaceSysctl.DISABLE_IPV6.write(spec.interfaceName(), ipv6 ? 0 : 1);
                InterfaceSysctl.ACCEPT_RA.write(spec.interfaceName(), 0);
                InterfaceSysctl.ACCEPT_DAD.write(spec.interfaceName(), 0);
            }
        });
        Set<String> present = network.addresses().list(index).stream()
                .map(Address::prefix)
                .map(Object::toString)
                .collect(Collectors.toSet());
        List<IpPrefix> wanted = new ArrayList<>(spec.gateways().stream()
                .filter(gateway -> spec.bridgeHasAddress(gateway.family()))
                .toList());
        if (ipv6) {
            wanted.add(LINK_LOCAL);
        }
        for (IpPrefix address : wanted) {
            if (!present.contains(address.forLink().toString())) {
                network.addresses().add(index, address.forLink());
            }
        }
        network.links().change(index, LinkSettings.NONE.up());
    }

    /** Removes a network's bridge. Another's interface of that name is left alone. Idempotent. */
    public void remove(BridgeSpec spec) {
        removeUnfinished(spec);
        network.links()
                .find(spec.interfaceName())
                .filter(link -> isOurs(link, "bridge", spec.alias()))
                .ifPresent(link -> network.links().delete(link.index()));
    }

    /**
     * Attaches an endpoint to a container.
     *
     * @param container the container's network namespace
     * @return the interface's name in the container
     * @throws NetworkException INVALID or FAILED; nothing is left then
     */
    public String attach(BridgeSpec bridge, EndpointSpec endpoint, NetworkNamespace container) {
        ContainerSide.check(endpoint);
        Link port = network.links()
                .find(bridge.interfaceName())
                .orElseThrow(() -> new NetworkException(
                        NetworkException.Kind.FAILED,
                        "attach endpoint " + endpoint.id() + ": bridge " + bridge.interfaceName()
                                + " is gone; recreate the network"));
        String name = ContainerSide.name(endpoint, bridge.options().containerPrefix(), container);
        String hostName = createPair(bridge, endpoint, port, name, container);
        try {
            int hostEnd = network.links().get(hostName).index();
            network.links().alias(hostEnd, endpoint.alias());
            // Endpoints that may not reach each other are kept apart where they would meet, in the bridge itself.
            network.links().bridgePort(hostEnd, false, !bridge.options().interContainer());
            network.links().change(hostEnd, LinkSettings.NONE.up());
            ContainerSide.configure(endpoint, name, container);
            return name;
        } catch (RuntimeException e) {
            network.links().delete(hostName);
            if (e instanceof NetworkException known) {
                throw known;
            }
            throw NetworkException.failed(
                    "attach endpoint " + endpoint.id() + " to " + bridge.interfaceName() + ": " + e.getMessage(), e);
        }
    }

    private String createPair(
            BridgeSpec bridge, EndpointSpec endpoint, Link port, String name, NetworkNamespace container) {
        int mtu = bridge.options().mtu().orElse(port.mtu());
        LinkSettings peer = LinkSettings.NONE.mac(endpoint.mac()).mtu(mtu).in(container);
        LinkSettings hostEnd = LinkSettings.NONE.mtu(mtu).master(port.index());
        LinuxException refused = null;
        for (String hostName : endpoint.hostNames()) {
            try {
                removeLeftOver(endpoint, hostName);
                network.links().create(hostName, new LinkKind.Veth(name, peer), hostEnd);
                return hostName;
            } catch (LinuxException e) {
                refused = e;
                if (!e.is(Errno.EEXIST)) {
                    break;
                }
            }
        }
        throw NetworkException.failed(
                "attach endpoint " + endpoint.id() + " to " + bridge.interfaceName() + " as " + name + ": "
                        + (refused == null ? "" : refused.getMessage()),
                refused == null ? new IllegalStateException("an endpoint has no names") : refused);
    }

    /** What an engine that died has left of the same endpoint. */
    private void removeLeftOver(EndpointSpec endpoint, String hostName) {
        network.links()
                .find(hostName)
                .filter(link -> isOurs(link, "veth", endpoint.alias()))
                .ifPresent(link -> network.links().delete(link.index()));
    }

    /** Takes an endpoint off its bridge: nobody meets it there when this returns. Its pair stays, until {@link #detach}. Idempotent. */
    public void takeOff(EndpointSpec endpoint) {
        for (String hostName : endpoint.hostNames()) {
            Optional<Link> hostEnd =
                    network.links().find(hostName).filter(link -> isOurs(link, "veth", endpoint.alias()));
            try {
                hostEnd.ifPresent(link -> network.links().change(link.index(), LinkSettings.NONE.withoutMaster()));
            } catch (LinuxException e) {
                if (!e.is(Errno.ENODEV)) { // it has gone with its container meanwhile
                    throw e;
                }
            }
        }
    }

    /** Detaches an endpoint: both ends of its pair are gone when this returns. Idempotent. */
    public void detach(EndpointSpec endpoint) {
        endpoint.hostNames().forEach(hostName -> removeLeftOver(endpoint, hostName));
    }

    /** What a subnet that is chosen for a network should not overlap: networks that the host is on. */
    public List<IpPrefix> hostNetworks() {
        return network.routes().list(IpFamily.IPV4).stream()
                .filter(route -> route.gateway().isEmpty() && !route.isDefault())
                .map(route -> new IpPrefix(
                        IpAddress.of(route.destination().address()),
                        route.destination().length()))
                .toList();
    }

    @Override
    public void close() {
        network.close();
    }
}
