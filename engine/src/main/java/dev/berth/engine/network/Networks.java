package dev.berth.engine.network;

import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.NetworkConfig;
import dev.berth.engine.config.PortBinding;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.Event;
import dev.berth.engine.event.Events;
import dev.berth.engine.state.Ids;
import dev.berth.network.NetworkException;
import dev.berth.network.bridge.BridgeSpec;
import dev.berth.network.host.HostNetwork;
import dev.berth.network.host.NetworkSandbox;
import dev.berth.network.nat.PublishedPort;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The networks of an engine: the three that Docker has from the start, and those that were made. A bridge is in the kernel
 * from its network's making, or first use, to its removal, or the engine's end with nobody on it.
 */
public final class Networks implements AutoCloseable {
    /** The network of containers that ask for none. */
    public static final String BRIDGE = "bridge";

    static final String HOST = "host";
    static final String NONE = "none";
    private static final int TABLE_ID_CHARS = 8;
    private static final Path INTERFACES = Path.of("/sys/class/net");

    private final Events events;
    private final System.Logger log;
    private final Lazy<HostNetwork> host; // whose threads and sockets nobody needs who has no container on a network
    private final NetworkIndex index;

    private Networks(Path dataRoot, String engineId, Events events, Jsonb jsonb, System.Logger log) {
        this.events = events;
        this.log = log;
        this.host = new Lazy<>(() -> HostNetwork.ofProcess("berth-" + engineId.substring(0, TABLE_ID_CHARS)));
        this.index = new NetworkIndex(dataRoot, engineId, host, jsonb, log);
    }

    /**
     * Reads the networks that there are.
     *
     * @param engineId of the engine, a UUID
     */
    public static Networks open(Path dataRoot, String engineId, Events events, Jsonb jsonb, System.Logger log)
            throws IOException {
        Networks networks = new Networks(dataRoot, engineId, events, jsonb, log);
        networks.index.read();
        return networks;
    }

    /** Whether bridge networks lead to other hosts, for which the engine must be the host's root. */
    public boolean leadOut() {
        return HostNetwork.ownsProcessNamespace();
    }

    /** What fits the filters ({@code name}, {@code id}, {@code driver}, {@code label}, {@code type}…), by name. */
    public List<NetworkInspection> list(Map<String, List<String>> filters) {
        NetworkFilter filter = NetworkFilter.listing(filters);
        find(BRIDGE); // which is made when it is first asked for
        return index.all().stream()
                .filter(filter)
                .sorted(Comparator.comparing(Network::name))
                .map(Network::inspection)
                .toList();
    }

    /** By its name, its ID, or the start of that. */
    Network find(String nameOrId) {
        return index.find(nameOrId);
    }

    /** The network of an endpoint that another engine has written down, if it is still there. */
    Optional<Network> network(Endpoint endpoint) {
        return index.network(endpoint);
    }

    /** @throws EngineException NOT_FOUND, or INVALID where the start of an ID is that of several */
    public NetworkInspection inspect(String nameOrId) {
        return find(nameOrId).inspection();
    }

    /**
     * Makes a network.
     *
     * @return its ID
     * @throws EngineException INVALID, CONFLICT where the name is taken, FORBIDDEN where addresses or the bridge are another's,
     *     UNSUPPORTED by name
     */
    public String create(NetworkConfig config) {
        NetworkRequests.check(config);
        boolean ipv4 = config.enableIPv4().orElse(true);
        NetworkRecord record = new NetworkRecord(
                Ids.random(),
                config.name(),
                Instant.now(),
                config.driver().isEmpty() ? BRIDGE : config.driver(),
                ipv4,
                config.enableIPv6(),
                config.internal(),
                config.attachable(),
                Map.of(),
                List.of(),
                config.options(),
                config.labels());
        Network network = index.add(
                record,
                () -> PoolRequests.of(
                        config.ipam().map(NetworkConfig.Ipam::config).orElse(List.of()), ipv4, config.enableIPv6()));
        try {
            ensure(network);
        } catch (EngineException e) {
            network.beginRemoval();
            index.forget(network);
            throw e;
        }
        publish("create", network, Map.of());
        return network.id();
    }

    /** Has a network's bridge be in the kernel. */
    void ensure(Network network) {
        NetworkFailures.translating(
                "make " + network,
                () -> network.ensureUp(() -> network.segment().create(host.get())));
    }

    private void takeDown(String doing, Network network) {
        NetworkFailures.translating(
                doing + " " + network,
                () -> network.takeDown(() -> network.segment().remove(host.get())));
    }

    /**
     * Removes a network.
     *
     * @throws EngineException NOT_FOUND; FORBIDDEN where it is predefined, or containers are on it
     */
    public void remove(String nameOrId) {
        Network network = find(nameOrId);
        if (NetworkIndex.isPredefined(network.name())) {
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN, network.name() + " is a pre-defined network and cannot be removed");
        }
        network.beginRemoval();
        takeDown("remove", network);
        index.forget(network);
        publish("destroy", network, Map.of());
    }

    /** Removes networks that nobody is on and that fit the filters ({@code until}, {@code label}); gives their names. */
    public List<String> prune(Map<String, List<String>> filters) {
        NetworkFilter filter = NetworkFilter.pruning(filters);
        List<String> removed = new ArrayList<>();
        for (Network network : index.all()) {
            boolean free = !NetworkIndex.isPredefined(network.name())
                    && network.members().isEmpty();
            if (free && filter.test(network)) {
                try {
                    remove(network.id());
                    removed.add(network.name());
                } catch (EngineException e) {
                    if (e.kind() != EngineException.Kind.FORBIDDEN && e.kind() != EngineException.Kind.NOT_FOUND) {
                        throw e;
                    } // somebody has joined or removed it meanwhile
                }
            }
        }
        events.publish(Event.Type.NETWORK, "prune", "", Map.of("reclaimed", "0"));
        return removed;
    }

    /** @throws EngineException INVALID for ports that are none */
    public static void checkPorts(Map<String, List<PortBinding>> bindings, Collection<String> exposed, boolean all) {
        Publishing.requests(bindings, exposed, all);
    }

    /**
     * Checks what is asked for of a place in a network; that there is no such network, the start says.
     *
     * @param mac asked for besides; empty for none
     * @throws EngineException INVALID or UNSUPPORTED
     */
    public void check(String nameOrId, EndpointConfig asked, String mac) {
        for (String address : List.of(asked.macAddress(), mac)) {
            if (!address.isEmpty()) { // none is one that is made when it is needed
                NetworkFailures.translating("check", () -> NetworkSandbox.hardwareAddress(address, List.of()));
            }
        }
        try {
            Endpoints.check(find(nameOrId), asked);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_FOUND) {
                throw e;
            }
        }
    }

    /** A network namespace for a container that is to be started. The caller closes it. */
    public ContainerNetwork open(ContainerNetwork.Owner owner) {
        return NetworkFailures.translating(
                "make the network of container " + owner.name(),
                () -> new ContainerNetwork(this, owner, NetworkSandbox.create(host.get()), NetworkState.NONE));
    }

    /**
     * Takes up what is left of containers that run: their addresses are taken, and all rules made, in one step. Each is to be
     * {@linkplain #takeUp taken up} or {@linkplain #release released} then.
     */
    public void restore(Collection<NetworkState> states) {
        Map<String, BridgeSpec> bridges = new LinkedHashMap<>();
        Set<String> used = new HashSet<>();
        List<PublishedPort> ports = new ArrayList<>();
        for (NetworkState state : states) {
            for (Endpoint endpoint : state.endpoints()) {
                network(endpoint).ifPresent(network -> {
                    Endpoints.take(network, endpoint);
                    network.bridge().ifPresent(bridge -> bridges.putIfAbsent(network.id(), bridge));
                    used.add(network.id());
                    network.foundUp();
                });
            }
            ports.addAll(Publishing.rules(this, state));
        }
        if (!bridges.isEmpty()) {
            try {
                NetworkFailures.translating("take up networks", () -> host.get().restore(bridges.values(), ports));
            } catch (EngineException e) {
                log.log(Level.WARNING, String.valueOf(e.getMessage()));
            }
        }
        index.all().stream()
                .filter(network -> network.isJoinable() && !used.contains(network.id()))
                .forEach(this::removeLeftOver);
    }

    /** What an engine that died has left of a network that nobody is on; it is made again when somebody is. */
    private void removeLeftOver(Network network) {
        try {
            Segment segment = network.segment();
            if (segment.made()
                    .filter(name -> Files.exists(INTERFACES.resolve(name)))
                    .isPresent()) {
                NetworkFailures.translating("remove what is left of " + network, () -> segment.remove(host.get()));
            }
        } catch (EngineException e) {
            log.log(Level.WARNING, String.valueOf(e.getMessage()));
        }
    }

    /**
     * Takes up the network of a container that runs.
     *
     * @param pid of a process of it
     * @param asked of its places, by the networks' names or IDs
     */
    public ContainerNetwork takeUp(
            ContainerNetwork.Owner owner, int pid, NetworkState state, Map<String, EndpointConfig> asked) {
        return NetworkFailures.translating("take up the network of container " + owner.name(), () -> {
            ContainerNetwork network = new ContainerNetwork(this, owner, NetworkSandbox.of(host.get(), pid), state);
            try {
                network.takeUp(asked);
                return network;
            } catch (RuntimeException e) {
                network.leave();
                throw e;
            }
        });
    }

    /** Gives back what a container had that runs no more: all that can be; of the rest tells the log. */
    public void release(NetworkState state) {
        trying("unpublish the ports of a container", () -> {
            List<PublishedPort> ports = Publishing.rules(this, state);
            if (!ports.isEmpty()) {
                host.get().unpublish(ports);
            }
        });
        for (Endpoint endpoint : state.endpoints()) {
            network(endpoint).ifPresent(network -> {
                if (network.bridge().isPresent()) {
                    trying(
                            "detach endpoint " + endpoint.id() + " from " + network,
                            () -> NetworkSandbox.detach(host.get(), Endpoints.wish(endpoint)));
                }
                network.forget(endpoint);
            });
        }
    }

    /** Does a part of what has others beside it that are to be done too. */
    private void trying(String doing, Runnable work) {
        try {
            NetworkFailures.translating(doing, work);
        } catch (EngineException e) {
            log.log(Level.WARNING, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) { // by a record that another's hand has changed
            log.log(Level.WARNING, doing + ": " + e.getMessage());
        }
    }

    void publish(String action, Network network, Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put("name", network.name());
        all.put("type", network.record().driver());
        events.publish(Event.Type.NETWORK, action, network.id(), all);
    }

    /** A container's places in networks, by what it has asked for and what it has. */
    public List<NetworkPlace> places(Map<String, EndpointConfig> asked, NetworkState state) {
        return asked.entrySet().stream()
                .map(one -> place(one.getKey(), one.getValue(), state))
                .toList();
    }

    private NetworkPlace place(String nameOrId, EndpointConfig asked, NetworkState state) {
        try {
            Network network = find(nameOrId);
            return new NetworkPlace(network.name(), network.id(), asked, state.endpoint(network.id()));
        } catch (EngineException e) {
            return new NetworkPlace(nameOrId, "", asked, Optional.empty());
        }
    }

    /** The place in {@code host} or {@code none}. */
    public NetworkPlace predefinedPlace(String name) {
        return new NetworkPlace(name, find(name).id(), EndpointConfig.NONE, Optional.empty());
    }

    /**
     * The name of a network that containers can join.
     *
     * @throws EngineException NOT_FOUND, FORBIDDEN
     */
    public String joinable(String nameOrId) {
        Network network = find(nameOrId);
        if (!network.isJoinable()) {
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN,
                    network.name().equals(HOST)
                            ? "cannot connect container to host network - container must be created in host network mode"
                            : "container cannot be connected to multiple networks with one of the networks in private (none)"
                                    + " mode");
        }
        return network.name();
    }

    /** Tells that a container is on {@code host} or {@code none}, for which nothing has to be made, or is no more. */
    public void publishPredefined(String action, String name, String containerId) {
        publish(action, find(name), Map.of("container", containerId));
    }

    /** What of the host's hinders containers on networks, and what to do about it, in a sentence each. */
    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        try {
            host.ifThere(there -> warnings.addAll(there.warnings()));
        } catch (NetworkException e) {
            log.log(Level.WARNING, "looking at the host's rules of packets failed: " + e.getMessage());
        }
        return warnings;
    }

    /** Removes the bridges that nobody is on; what containers have that run on stays, for an engine that comes later. */
    @Override
    public void close() {
        for (Network network : index.all()) {
            if (network.isJoinable()) {
                try {
                    takeDown("take down", network);
                } catch (EngineException e) {
                    log.log(Level.WARNING, String.valueOf(e.getMessage()));
                }
            }
        }
        host.ifThere(HostNetwork::close);
    }
}
