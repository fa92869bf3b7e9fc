package dev.berth.engine.network;

import dev.berth.engine.config.PortBinding;
import dev.berth.engine.error.EngineException;
import dev.berth.network.address.IpAddress;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.nat.PublishedPort;
import dev.berth.network.port.ContainerPort;
import dev.berth.network.port.PublishRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The ports of a container that are published, out of what was asked for. */
final class Publishing {
    private Publishing() {}

    /**
     * Reads what is asked for.
     *
     * @param all whether every exposed port is published that is not named
     * @throws EngineException INVALID
     */
    static List<PublishRequest> requests(
            Map<String, List<PortBinding>> bindings, Collection<String> exposed, boolean all) {
        return NetworkFailures.translating("publish ports", () -> {
            Map<ContainerPort, List<PublishRequest>> requests = new TreeMap<>();
            bindings.forEach((port, places) -> {
                List<PublishRequest> wanted = new ArrayList<>();
                for (PortBinding place : places) {
                    wanted.add(PublishRequest.parse(port, place.hostIp(), place.hostPort()));
                }
                if (places.isEmpty()) {
                    ContainerPort.parse(port); // nothing is asked for, but it must be one
                }
                requests.put(ContainerPort.parse(port), wanted);
            });
            if (all) {
                for (String port : exposed) {
                    List<PublishRequest> wanted =
                            requests.computeIfAbsent(ContainerPort.parse(port), key -> new ArrayList<>());
                    if (wanted.isEmpty()) {
                        wanted.add(PublishRequest.parse(port, "", ""));
                    }
                }
            }
            return requests.values().stream().flatMap(List::stream).toList();
        });
    }

    /** Those again that are published already. */
    static List<PublishRequest> again(List<Published> ports) {
        return ports.stream()
                .map(port -> PublishRequest.parse(
                        port.containerPort(), port.hostAddress(), Integer.toString(port.hostPort())))
                .toList();
    }

    static Published kept(PublishedPort port) {
        return new Published(
                new ContainerPort(port.containerPort(), port.protocol()).toString(),
                port.hostAddress().toString(),
                port.hostPort(),
                port.containerAddress().toString());
    }

    /** As the rules have them that an engine before has made. */
    static List<PublishedPort> rules(Networks networks, NetworkState state) {
        Optional<Network> network =
                ContainerNetwork.wayOut(networks, state.endpoints()).flatMap(networks::network);
        return network.flatMap(Network::bridge).stream()
                .flatMap(bridge -> state.ports().stream().map(port -> rule(bridge, port)))
                .toList();
    }

    private static PublishedPort rule(BridgeSpec bridge, Published port) {
        ContainerPort inside = ContainerPort.parse(port.containerPort());
        return new PublishedPort(
                bridge.interfaceName(),
                inside.protocol(),
                IpAddress.of(port.hostAddress()),
                port.hostPort(),
                IpAddress.of(port.containerAddress()),
                inside.number());
    }
}
