package dev.berth.api.view;

import dev.berth.api.json.JsonTree;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.EndpointIpam;
import dev.berth.engine.config.NetworkConfig.Pool;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.engine.network.Endpoint;
import dev.berth.engine.network.ExposedPort;
import dev.berth.engine.network.NetworkInspection;
import dev.berth.engine.network.NetworkPlace;
import dev.berth.engine.network.NetworkRecord;
import dev.berth.engine.network.Published;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Networks in Docker's JSON: a network with who is on it, and a container's places, ports and addresses. */
public final class NetworkView {
    private NetworkView() {}

    /** A network, as {@code inspect} shows it, and {@code ls} without its containers. */
    public static Map<String, @Nullable Object> of(NetworkInspection inspection, boolean withContainers) {
        NetworkRecord network = inspection.network();
        Map<String, @Nullable Object> containers = JsonTree.of();
        if (withContainers) {
            inspection.members().forEach(member -> containers.put(member.containerId(), member(member)));
        }
        return JsonTree.of(
                "Name", network.name(),
                "Id", network.id(),
                "Created", network.created().toString(),
                "Scope", "local",
                "Driver", network.driver(),
                "EnableIPv4", network.ipv4(),
                "EnableIPv6", network.ipv6(),
                "IPAM", ipam(network),
                "Internal", network.internal(),
                "Attachable", network.attachable(),
                "Ingress", false,
                "ConfigFrom", JsonTree.of("Network", ""),
                "ConfigOnly", false,
                "Containers", containers,
                "Options", network.options(),
                "Labels", network.labels());
    }

    private static Map<String, @Nullable Object> ipam(NetworkRecord network) {
        List<Object> pools = network.pools().stream().map(NetworkView::pool).toList();
        boolean without = network.driver().equals("host") || network.driver().equals("null");
        return JsonTree.of(
                "Driver", "default",
                "Options", network.ipamOptions().isEmpty() ? null : network.ipamOptions(),
                "Config", without ? null : pools);
    }

    private static Object pool(Pool pool) {
        Map<String, @Nullable Object> view = JsonTree.of("Subnet", pool.subnet());
        if (!pool.ipRange().isEmpty()) {
            view.put("IPRange", pool.ipRange());
        }
        if (!pool.gateway().isEmpty()) {
            view.put("Gateway", pool.gateway());
        }
        if (!pool.auxiliaryAddresses().isEmpty()) {
            view.put("AuxiliaryAddresses", pool.auxiliaryAddresses());
        }
        return view;
    }

    private static Map<String, @Nullable Object> member(NetworkInspection.Member member) {
        Endpoint endpoint = member.endpoint();
        return JsonTree.of(
                "Name", member.containerName(),
                "EndpointID", endpoint.id(),
                "MacAddress", endpoint.mac(),
                "IPv4Address", endpoint.ipv4(),
                "IPv6Address", endpoint.ipv6());
    }

    /** A container's places, by the networks' names. */
    static Map<String, @Nullable Object> places(ContainerInspection container) {
        Map<String, @Nullable Object> places = new TreeMap<>();
        for (NetworkPlace place : container.networks()) {
            places.put(place.network(), place(place));
        }
        return places;
    }

    private static Map<String, @Nullable Object> place(NetworkPlace place) {
        EndpointConfig asked = place.asked();
        Map<String, @Nullable Object> view = JsonTree.of(
                "IPAMConfig", asked.ipamConfig().map(NetworkView::ipamConfig).orElse(null),
                "Links", JsonTree.orNull(asked.links()),
                "Aliases", JsonTree.orNull(asked.aliases()),
                "MacAddress", place.endpoint().map(Endpoint::mac).orElse(asked.macAddress()),
                "DriverOpts", asked.driverOpts().isEmpty() ? null : asked.driverOpts(),
                "GwPriority", asked.gwPriority(),
                "NetworkID", place.networkId());
        view.putAll(addresses(place.endpoint()));
        view.put(
                "DNSNames",
                place.endpoint()
                        .map(Endpoint::names)
                        .filter(names -> !names.isEmpty())
                        .orElse(null));
        return view;
    }

    private static Map<String, @Nullable Object> ipamConfig(EndpointIpam ipam) {
        Map<String, @Nullable Object> view = JsonTree.of();
        if (!ipam.iPv4Address().isEmpty()) {
            view.put("IPv4Address", ipam.iPv4Address());
        }
        if (!ipam.iPv6Address().isEmpty()) {
            view.put("IPv6Address", ipam.iPv6Address());
        }
        if (!ipam.linkLocalIPs().isEmpty()) {
            view.put("LinkLocalIPs", ipam.linkLocalIPs());
        }
        return view;
    }

    /** The addresses of an endpoint, or those of none. */
    static Map<String, @Nullable Object> addresses(Optional<Endpoint> endpoint) {
        String ipv4 = endpoint.map(Endpoint::ipv4).orElse("");
        String ipv6 = endpoint.map(Endpoint::ipv6).orElse("");
        return JsonTree.of(
                "EndpointID", endpoint.map(Endpoint::id).orElse(""),
                "Gateway", endpoint.map(Endpoint::gatewayIpv4).orElse(""),
                "IPAddress", Endpoint.address(ipv4),
                "IPPrefixLen", Endpoint.prefixLength(ipv4),
                "IPv6Gateway", endpoint.map(Endpoint::gatewayIpv6).orElse(""),
                "GlobalIPv6Address", Endpoint.address(ipv6),
                "GlobalIPv6PrefixLen", Endpoint.prefixLength(ipv6));
    }

    /** A running container's ports: those that are exposed, with what of the host leads to them. */
    static Map<String, @Nullable Object> ports(ContainerInspection container) {
        Map<String, @Nullable Object> ports = new TreeMap<>();
        if (!container.state().running() || container.networks().isEmpty()) {
            return ports;
        }
        exposed(container).forEach(port -> ports.put(port.toString(), null));
        Map<String, List<Object>> bindings = new LinkedHashMap<>();
        for (Published port : container.ports()) {
            bindings.computeIfAbsent(port.containerPort(), key -> new ArrayList<>())
                    .add(JsonTree.of("HostIp", port.hostAddress(), "HostPort", Integer.toString(port.hostPort())));
        }
        ports.putAll(bindings);
        return ports;
    }

    private static List<ExposedPort> exposed(ContainerInspection container) {
        return container.config().exposedPorts().stream()
                .flatMap(port -> ExposedPort.find(port).stream())
                .toList();
    }

    /** The same in a line of {@code ps}. */
    static List<Object> portList(ContainerInspection container) {
        List<Object> list = new ArrayList<>();
        Set<ExposedPort> published = new HashSet<>();
        for (Published port : container.ports()) {
            ExposedPort inside = ExposedPort.find(port.containerPort()).orElseThrow();
            published.add(inside);
            list.add(JsonTree.of(
                    "IP", port.hostAddress(),
                    "PrivatePort", inside.number(),
                    "PublicPort", port.hostPort(),
                    "Type", inside.protocol()));
        }
        if (container.state().running()) {
            exposed(container).stream()
                    .filter(port -> !published.contains(port))
                    .forEach(port -> list.add(JsonTree.of("PrivatePort", port.number(), "Type", port.protocol())));
        }
        return list;
    }
}
