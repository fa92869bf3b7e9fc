package dev.berth.network.vlan;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.Link;
import dev.berth.linux.netlink.LinkKind;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.network.NetworkException;
import dev.berth.network.endpoint.ContainerSide;
import dev.berth.network.endpoint.EndpointSpec;
import java.util.Optional;
import java.util.Set;

/**
 * Endpoints on interfaces of a host's namespace. The interfaces themselves are the host's and are left as they are, but for
 * those that were made for a network: of a VLAN, or such as lead nowhere. Safe for use by many threads.
 */
public final class Vlans implements AutoCloseable {
    private static final String PREFIX = "eth";
    /** The kinds of interfaces that are made for a network. */
    private static final Set<String> MADE = Set.of("veth", "vlan");

    private final Rtnetlink network;

    /** @param host where the interfaces are */
    public Vlans(NetworkNamespace host) {
        network = Rtnetlink.open(host);
    }

    /**
     * Makes sure that there is the interface that the network is on, or takes up what was made for it.
     *
     * @throws NetworkException INVALID where the host has no such interface, FORBIDDEN where another has the name of the one that
     *     would be made
     */
    public void ensure(VlanSpec spec) {
        Optional<Link> existing = network.links().find(spec.interfaceName());
        if (existing.isPresent()) {
            if (spec.parent().isEmpty() && !isOurs(existing.get(), spec)) {
                throw NetworkException.forbidden("create interface " + spec.interfaceName()
                        + ": the host has one of that name; remove it, or give the network a parent");
            }
        } else if (spec.isSubInterface()) {
            createSubInterface(spec, spec.subInterface());
        } else if (spec.parent().isPresent()) {
            throw missing(spec.interfaceName());
        } else {
            createPair(spec);
        }
    }

    private static NetworkException missing(String parent) {
        return NetworkException.invalid("-o parent interface was not found on the host: " + parent);
    }

    private void createSubInterface(VlanSpec spec, VlanSpec.SubInterface wanted) {
        Link master = network.links().find(wanted.master()).orElseThrow(() -> missing(wanted.master()));
        try {
            network.links()
                    .create(
                            spec.interfaceName(),
                            new LinkKind.Vlan(master.index(), wanted.vlan()),
                            LinkSettings.NONE.up());
        } catch (LinuxException e) {
            throw refused("create interface " + spec.interfaceName(), "vlan", "8021q", e);
        }
        try {
            network.links().alias(network.links().get(spec.interfaceName()).index(), spec.alias());
        } catch (LinuxException e) {
            network.links().delete(spec.interfaceName());
            throw NetworkException.failed("create interface " + spec.interfaceName() + ": " + e.getMessage(), e);
        }
    }

    private static NetworkException refused(String doing, String kind, String module, LinuxException e) {
        return NetworkException.failed(
                doing + ": "
                        + (e.is(Errno.EOPNOTSUPP)
                                ? "this host's kernel has no " + kind + " (modprobe " + module + " may load it)"
                                : e.getMessage()),
                e);
    }

    private void createPair(VlanSpec spec) {
        try {
            // A pair that sends to itself: unlike a dummy interface every kernel has it that has containers.
            network.links()
                    .create(
                            spec.interfaceName(),
                            new LinkKind.Veth(spec.otherEnd(), LinkSettings.NONE),
                            LinkSettings.NONE.up());
            network.links().alias(network.links().get(spec.interfaceName()).index(), spec.alias());
            network.links().change(network.links().get(spec.otherEnd()).index(), LinkSettings.NONE.up());
        } catch (LinuxException e) {
            network.links().delete(spec.interfaceName());
            throw NetworkException.failed("create interface " + spec.interfaceName() + ": " + e.getMessage(), e);
        }
    }

    private static boolean isOurs(Link link, VlanSpec spec) {
        return MADE.contains(link.kind()) && link.alias().equals(Optional.of(spec.alias()));
    }

    /** Removes what was made for a network. Idempotent. */
    public void remove(VlanSpec spec) {
        spec.made()
                .flatMap(network.links()::find)
                .filter(link -> isOurs(link, spec))
                .ifPresent(link -> network.links().delete(link.index()));
    }

    /**
     * Attaches an endpoint to a container.
     *
     * @return the interface's name in the container
     * @throws NetworkException INVALID or FAILED; nothing is left then
     */
    public String attach(VlanSpec spec, EndpointSpec endpoint, NetworkNamespace container) {
        ContainerSide.check(endpoint);
        String doing = "attach endpoint " + endpoint.id() + " to " + spec.interfaceName();
        Link parent = network.links()
                .find(spec.interfaceName())
                .orElseThrow(() -> new NetworkException(
                        NetworkException.Kind.FAILED, doing + ": the interface is gone from the host"));
        String name = ContainerSide.name(endpoint, PREFIX, container);
        LinkSettings settings = switch (spec.sharing()) {
            case VlanSpec.Sharing.ByMac _ -> LinkSettings.NONE.mac(endpoint.mac());
            case VlanSpec.Sharing.ByIp _ -> LinkSettings.NONE;
        };
        try {
            network.links().create(name, spec.kind(parent.index()), settings.in(container));
        } catch (LinuxException e) {
            String kind = spec.kind(parent.index()).kernelName();
            throw refused(doing, kind, kind, e);
        }
        try {
            ContainerSide.configure(endpoint, name, container);
            return name;
        } catch (RuntimeException e) {
            detach(name, container);
            if (e instanceof NetworkException known) {
                throw known;
            }
            throw NetworkException.failed(doing + ": " + e.getMessage(), e);
        }
    }

    /** Detaches an endpoint from a container that is there; of one that is gone the kernel removes it. Idempotent. */
    public void detach(String interfaceName, NetworkNamespace container) {
        try (Rtnetlink inside = Rtnetlink.open(container)) {
            inside.links().delete(interfaceName);
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
