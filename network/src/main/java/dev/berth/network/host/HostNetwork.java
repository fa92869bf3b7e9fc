package dev.berth.network.host;

import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.InterfaceSysctl;
import dev.berth.linux.netlink.LinkSettings;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.linux.netlink.Rtnetlink;
import dev.berth.linux.nftables.Table;
import dev.berth.network.Inside;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.bridge.Bridges;
import dev.berth.network.bridge.GatewayMode;
import dev.berth.network.dns.NameView;
import dev.berth.network.dns.Resolver;
import dev.berth.network.dns.ResolverLoop;
import dev.berth.network.dns.ResolverSettings;
import dev.berth.network.dns.Upstream;
import dev.berth.network.endpoint.EndpointSpec;
import dev.berth.network.nat.NetworkRules;
import dev.berth.network.nat.PacketRules;
import dev.berth.network.nat.PublishedPort;
import dev.berth.network.nat.ResolverRedirect;
import dev.berth.network.port.HeldPort;
import dev.berth.network.port.HostPorts;
import dev.berth.network.port.Protocol;
import dev.berth.network.port.PublishRequest;
import dev.berth.network.proxy.UserSpaceProxy;
import dev.berth.network.vlan.VlanSpec;
import dev.berth.network.vlan.Vlans;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * All that one engine has of networks in the kernel: bridges, endpoints, rules, ports, names. Two of them live side by side
 * where their tables and bridges have different names. Closing it lets go of ports and names; bridges, endpoints and rules
 * stay for the next engine, which is told of them by {@link #restore}. Safe for use by many threads.
 */
public final class HostNetwork implements AutoCloseable {
    /** The kernel has several wait together. */
    private static final int REMOVERS = 4;

    private final NetworkNamespace host;
    private final Inside inside;
    private final Bridges bridges;
    private final Vlans vlans;
    private final PacketRules rules;
    private final HostPorts ports;
    private final UserSpaceProxy proxy;
    private final ResolverLoop resolvers = new ResolverLoop();
    /** What removes interfaces. Its threads end when there is nothing to do. */
    private final ThreadPoolExecutor removing = new ThreadPoolExecutor(
            REMOVERS,
            REMOVERS,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("interfaces-", 0).factory());

    /**
     * @param host the namespace that plays the host; this object's from now on
     * @param inside the same, to open sockets in: {@link Inside#here} where the caller is in it
     * @param table which no other engine of the host has
     */
    public HostNetwork(NetworkNamespace host, Inside inside, Table table) {
        this(host, inside, inside, table);
    }

    /**
     * @param host where bridges are; this object's from now on
     * @param inside where ports are published
     * @param towards where containers are reached from: the namespace of the bridges
     */
    private HostNetwork(NetworkNamespace host, Inside inside, Inside towards, Table table) {
        this.host = host;
        this.inside = inside;
        bridges = new Bridges(host);
        vlans = new Vlans(host);
        rules = new PacketRules(host, table);
        ports = new HostPorts(inside);
        proxy = new UserSpaceProxy(towards);
        removing.allowCoreThreadTimeOut(true);
    }

    /**
     * That of the namespace that the process is in; where its user may change nothing there, one of its own: bridges are in
     * that, and ports are published in the process's, from which the proxy carries all.
     *
     * @param table the name of a table of nftables that no other engine of the host has
     */
    public static HostNetwork ofProcess(String table) {
        if (ownsProcessNamespace()) {
            return new HostNetwork(NetworkNamespace.current(), Inside.here(), new Table(table));
        }
        NetworkNamespace own = NetworkNamespace.create();
        try (Rtnetlink network = Rtnetlink.open(own)) {
            network.links().change(network.links().get("lo").index(), LinkSettings.NONE.up());
        }
        return new HostNetwork(own, Inside.here(), own::run, new Table(table));
    }

    /** Whether the process may change the network that it is in: else no bridge leads out of it to other hosts. */
    public static boolean ownsProcessNamespace() {
        try (NetworkNamespace current = NetworkNamespace.current()) {
            return current.isOurs();
        }
    }

    /**
     * Makes a bridge network.
     *
     * @throws NetworkException FORBIDDEN where the bridge's name is taken, FAILED where the kernel refuses; nothing is left then
     */
    public void create(BridgeSpec network) {
        bridges.ensure(network);
        try {
            rules.add(NetworkRules.of(network));
        } catch (RuntimeException e) {
            bridges.remove(network);
            throw e;
        }
    }

    /** Removes a bridge network, which has no endpoints any more. Idempotent. */
    public void remove(BridgeSpec network) {
        bridges.remove(network);
        rules.remove(network.interfaceName());
    }

    /**
     * Takes up the networks of an earlier engine, and makes anew what is missing of them. Ports that are published go on being
     * so; {@link #publish} takes each of them up.
     */
    public void restore(Collection<BridgeSpec> networks, Collection<PublishedPort> published) {
        networks.forEach(bridges::ensure);
        rules.restore(networks.stream().map(NetworkRules::of).toList(), published);
    }

    /**
     * Attaches an endpoint to a container's namespace.
     *
     * @return the interface's name in the container
     * @throws NetworkException INVALID or FAILED; nothing is left then
     */
    public String attach(BridgeSpec network, EndpointSpec endpoint, NetworkNamespace container) {
        return bridges.attach(network, endpoint, container);
    }

    /** Detaches an endpoint, whose container may be gone, and ends its connections. Idempotent. */
    public void detach(EndpointSpec endpoint) {
        bridges.detach(endpoint);
        rules.forget(endpoint.addresses().stream().map(IpPrefix::address).toList());
    }

    /**
     * Takes an endpoint off its network whose container has ended: nobody meets it there any more. Its interfaces are removed
     * soon after, for which {@link #close} waits: the kernel lets whoever removes one wait some 20 ms.
     */
    void leave(EndpointSpec endpoint) {
        bridges.takeOff(endpoint);
        removing.execute(() -> {
            try {
                bridges.detach(endpoint);
            } catch (LinuxException e) {
                System.getLogger(HostNetwork.class.getName())
                        .log(System.Logger.Level.WARNING, "an interface is left: {0}", e.getMessage());
            }
        });
    }

    /** Takes away rules, and forgets the connections of endpoints that have left, at once. Idempotent. */
    void withdraw(List<PublishedPort> published, List<IpAddress> endpoints) {
        rules.withdraw(published, endpoints);
    }

    /**
     * Makes a network on an interface of the host's, or takes up the one that an earlier engine has made.
     *
     * @throws NetworkException INVALID, FORBIDDEN or FAILED; nothing is left then
     */
    public void create(VlanSpec network) {
        vlans.ensure(network);
    }

    /** Removes a network on an interface of the host's, which stays. Idempotent. */
    public void remove(VlanSpec network) {
        vlans.remove(network);
    }

    /** As for a bridge network. Such an endpoint has no ports of the host: it is a host itself. */
    public String attach(VlanSpec network, EndpointSpec endpoint, NetworkNamespace container) {
        return vlans.attach(network, endpoint, container);
    }

    /** Detaches an endpoint from an interface of the host's. Where the container is gone, the kernel does it. Idempotent. */
    public void detach(String interfaceName, NetworkNamespace container) {
        vlans.detach(interfaceName, container);
    }

    /** What a subnet that is chosen for a network should not overlap. */
    public List<IpPrefix> hostNetworks() {
        return bridges.hostNetworks();
    }

    /**
     * Publishes ports of an endpoint: all of them, or none.
     *
     * @param addresses the endpoint's
     * @throws NetworkException where a port is another's, in Docker's words
     */
    public Published publish(BridgeSpec network, List<IpAddress> addresses, List<PublishRequest> requests) {
        List<PublishedPort> published = new ArrayList<>();
        List<HeldPort> held = new ArrayList<>();
        List<UserSpaceProxy.Carried> carried = new ArrayList<>();
        try {
            for (PublishRequest request : requests) {
                publish(network, addresses, request, published, held, carried);
            }
            rules.publish(published);
            return new Published(this, published, held, carried);
        } catch (RuntimeException e) {
            carried.forEach(UserSpaceProxy.Carried::close);
            held.forEach(HeldPort::close);
            throw e;
        }
    }

    private void publish(
            BridgeSpec network,
            List<IpAddress> addresses,
            PublishRequest request,
            List<PublishedPort> published,
            List<HeldPort> held,
            List<UserSpaceProxy.Carried> carried) {
        Protocol protocol = request.containerPort().protocol();
        int containerPort = request.containerPort().number();
        List<IpAddress> atHost = new ArrayList<>();
        for (IpAddress address :
                request.addresses(network.options().hostBinding().orElse(IpAddress.ANY_IPV4), families())) {
            Optional<IpAddress> container = towards(address.family(), protocol, addresses);
            if (container.isEmpty()) {
                continue;
            }
            if (network.options().gatewayMode(container.get().family()) == GatewayMode.ROUTED) {
                // There is no port of the host in it: the container's own is let through.
                published.add(new PublishedPort(
                        network.interfaceName(), protocol, address, 0, container.get(), containerPort));
            } else {
                atHost.add(address);
            }
        }
        if (atHost.isEmpty()) {
            return;
        }
        HeldPort port = ports.take(protocol, atHost, request.hostPorts());
        held.add(port);
        for (HeldPort.Socket socket : port.sockets()) {
            IpAddress container =
                    towards(socket.address().family(), protocol, addresses).orElseThrow();
            published.add(new PublishedPort(
                    network.interfaceName(), protocol, socket.address(), port.port(), container, containerPort));
        }
        if (protocol != Protocol.SCTP) {
            carried.add(proxy.carry(port, addresses, containerPort));
        }
    }

    /** The endpoint's address that is reached from a family: its own, or IPv4 carried by hand. */
    private static Optional<IpAddress> towards(Family family, Protocol protocol, List<IpAddress> addresses) {
        return addresses.stream()
                .filter(address -> address.family() == family)
                .findFirst()
                .or(() -> addresses.stream()
                        .filter(address -> protocol != Protocol.SCTP && family == Family.IPV6)
                        .findFirst());
    }

    /** Those that sockets of this host can have. */
    private List<Family> families() {
        boolean ipv6 = inside.call(() -> InterfaceSysctl.DISABLE_IPV6.isThere("all"));
        return ipv6 ? List.of(Family.IPV4, Family.IPV6) : List.of(Family.IPV4);
    }

    /** Takes away the rules of ports, whose containers may have gone with an earlier engine. Idempotent. */
    public void unpublish(List<PublishedPort> published) {
        rules.unpublish(published);
    }

    /** What of the host's hinders containers, and what to do about it, in a sentence each. */
    public List<String> warnings() {
        return rules.warnings();
    }

    /**
     * Opens a container's resolver, to which port 53 at {@link ResolverLoop#ADDRESS} leads.
     *
     * @param container must stay open for as long as the resolver is
     * @throws NetworkException FAILED; nothing is left open then
     */
    public Resolver openResolver(NetworkNamespace container, NameView view, ResolverSettings settings) {
        Resolver resolver = resolvers.open(container::run, 0, view, settings);
        try {
            ResolverRedirect.install(container, resolver);
            return resolver;
        } catch (NetworkException e) {
            // No nftables: then no program of the container's can have the port.
            resolver.close();
            return resolvers.open(container::run, Upstream.PORT, view, settings);
        }
    }

    /** Lets go of ports and names. Bridges, endpoints and rules stay. */
    @Override
    public void close() {
        removing.close();
        resolvers.close();
        proxy.close();
        ports.close();
        rules.close();
        bridges.close();
        vlans.close();
        host.close();
    }
}
