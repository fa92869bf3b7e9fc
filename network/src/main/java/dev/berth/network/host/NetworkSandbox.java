package dev.berth.network.host;

import dev.berth.linux.LinuxException;
import dev.berth.linux.netlink.MacAddress;
import dev.berth.linux.netlink.NetworkNamespace;
import dev.berth.network.NetworkException;
import dev.berth.network.address.Family;
import dev.berth.network.address.HardwareAddresses;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.dns.NameView;
import dev.berth.network.dns.Resolver;
import dev.berth.network.dns.ResolverSettings;
import dev.berth.network.endpoint.ContainerSide;
import dev.berth.network.endpoint.EndpointOptions;
import dev.berth.network.endpoint.EndpointSpec;
import dev.berth.network.nat.PublishedPort;
import dev.berth.network.port.PublishRequest;
import dev.berth.network.vlan.VlanSpec;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A container's network: its namespace, its endpoints, the ports of the host that lead to it, and its resolver. Closing it
 * gives all of that back; the namespace itself ends with its last process. For one thread at a time.
 */
public final class NetworkSandbox implements AutoCloseable {
    private final HostNetwork host;
    private final NetworkNamespace namespace;
    private final Map<String, EndpointSpec> endpoints = new LinkedHashMap<>();
    private final Map<String, String> vlans = new LinkedHashMap<>(); // names of interfaces by endpoints' IDs
    private final List<Published> published = new ArrayList<>();
    private Optional<Resolver> resolver = Optional.empty();

    private NetworkSandbox(HostNetwork host, NetworkNamespace namespace) {
        this.host = host;
        this.namespace = namespace;
    }

    /** For a container that is to be started. */
    public static NetworkSandbox create(HostNetwork host) {
        return new NetworkSandbox(host, NetworkNamespace.create());
    }

    /**
     * That of a container that runs.
     *
     * @param pid of a process of it
     */
    public static NetworkSandbox of(HostNetwork host, int pid) {
        return new NetworkSandbox(host, NetworkNamespace.open("/proc/" + pid + "/ns/net"));
    }

    /** By which a process of the host enters the namespace, while this is open. */
    public String path() {
        return namespace.path();
    }

    /** A hardware address as it is written, or one that is made: from the IPv4 address where there is one. */
    public static String hardwareAddress(String asked, List<IpPrefix> addresses) {
        if (!asked.isEmpty()) {
            try {
                return MacAddress.parse(asked).toString();
            } catch (IllegalArgumentException e) {
                throw NetworkException.invalid("invalid MAC address: " + asked);
            }
        }
        return addresses.stream()
                .map(IpPrefix::address)
                .filter(address -> address.family() == Family.IPV4)
                .findFirst()
                .map(HardwareAddresses::of)
                .orElseGet(() -> HardwareAddresses.random(new SecureRandom()))
                .toString();
    }

    /**
     * An endpoint, in plain values.
     *
     * @param gateways by which everything else is reached, any address of a family for the link itself; none where another
     *     endpoint's are
     */
    public record Wish(
            String id, List<IpPrefix> addresses, String mac, List<IpAddress> gateways, EndpointOptions options) {
        public Wish {
            addresses = List.copyOf(addresses);
            gateways = List.copyOf(gateways);
        }

        private EndpointSpec spec(Optional<String> interfaceName) {
            return new EndpointSpec(id, interfaceName, addresses, MacAddress.parse(mac), gateways, options.sysctls());
        }
    }

    /**
     * Attaches the container to a network whose bridge is there.
     *
     * @return the interface's name
     */
    public String attach(BridgeSpec bridge, Wish wish) {
        EndpointSpec endpoint = wish.spec(wish.options().interfaceName());
        String name = host.attach(bridge, endpoint, namespace);
        endpoints.put(wish.id(), endpoint);
        return name;
    }

    /** As to a bridge: to an interface of the host's. */
    public String attach(VlanSpec vlan, Wish wish) {
        String name = host.attach(vlan, wish.spec(wish.options().interfaceName()), namespace);
        vlans.put(wish.id(), name);
        return name;
    }

    /** Takes up an endpoint on an interface of the host's. */
    public void takeUpVlan(Wish wish, String interfaceName) {
        vlans.put(wish.id(), interfaceName);
    }

    /** Takes up an endpoint that is attached. */
    public void takeUp(Wish wish, String interfaceName) {
        endpoints.put(wish.id(), wish.spec(Optional.of(interfaceName)));
    }

    /**
     * Detaches an endpoint of a container that ended when no engine was there. Its interfaces go with its namespace, but
     * another program may have that open still. Idempotent.
     */
    public static void detach(HostNetwork host, Wish wish) {
        host.detach(wish.spec(Optional.empty()));
    }

    /** Detaches an endpoint. Idempotent. */
    public void detach(String id) {
        Optional.ofNullable(endpoints.remove(id)).ifPresent(host::detach);
        Optional.ofNullable(vlans.remove(id)).ifPresent(name -> host.detach(name, namespace));
    }

    /** Leads what goes elsewhere by these, one a family, over an interface; by none where there are none. */
    public void leaveBy(String interfaceName, List<IpAddress> gateways) {
        ContainerSide.changeGateways(namespace, interfaceName, gateways);
    }

    /**
     * Publishes ports: all of them, or none. What was published before stays.
     *
     * @param container the container's addresses in the network
     * @return what leads to the container now, by these
     */
    public List<PublishedPort> publish(BridgeSpec bridge, List<IpAddress> container, List<PublishRequest> requests) {
        Published ports = host.publish(bridge, container, requests);
        published.add(ports);
        return ports.ports();
    }

    /** Lets go of all ports. */
    public void unpublish() {
        published.forEach(Published::close);
        published.clear();
    }

    /** Answers the container's questions for names, from now on by these. */
    public void answer(NameView view, ResolverSettings settings) {
        if (resolver.isPresent()) {
            resolver.get().see(view);
            resolver.get().use(settings);
        } else {
            resolver = Optional.of(host.openResolver(namespace, view, settings));
        }
    }

    /** Leaves all of it to an engine that comes later, which this engine's end lets have the ports. */
    public void leave() {
        resolver.ifPresent(Resolver::close);
        namespace.close();
    }

    /**
     * Gives everything back, all that can be. The namespace goes with the last process that is in it, the interfaces soon.
     *
     * @throws NetworkException FAILED with all that could not be
     */
    @Override
    public void close() {
        List<Published> ports = List.copyOf(published);
        List<IpAddress> addresses = endpoints.values().stream()
                .flatMap(endpoint -> endpoint.addresses().stream())
                .map(IpPrefix::address)
                .toList();
        List<Runnable> parts = new ArrayList<>();
        endpoints.values().forEach(endpoint -> parts.add(() -> host.leave(endpoint)));
        vlans.values().forEach(name -> parts.add(() -> host.detach(name, namespace)));
        parts.add(() -> Published.close(host, ports, addresses));
        resolver.ifPresent(there -> parts.add(there::close));
        parts.add(namespace::close);
        published.clear();
        resolver = Optional.empty();
        endpoints.clear();
        vlans.clear();
        List<RuntimeException> failures = new ArrayList<>();
        for (Runnable part : parts) {
            try {
                part.run();
            } catch (NetworkException | LinuxException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw NetworkException.failed(
                    failures.stream().map(RuntimeException::getMessage).collect(Collectors.joining("; ")),
                    failures.getFirst());
        }
    }
}
