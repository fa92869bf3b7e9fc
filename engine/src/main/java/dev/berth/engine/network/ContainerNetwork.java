package dev.berth.engine.network;

import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.PortBinding;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.network.NetworkInspection.Member;
import dev.berth.engine.state.Ids;
import dev.berth.network.address.Family;
import dev.berth.network.address.IpAddress;
import dev.berth.network.address.IpPrefix;
import dev.berth.network.dns.NameView;
import dev.berth.network.dns.ResolverSettings;
import dev.berth.network.dns.Upstream;
import dev.berth.network.endpoint.EndpointOptions;
import dev.berth.network.host.NetworkSandbox;
import dev.berth.network.ipam.AddressPlan;
import dev.berth.network.nat.PublishedPort;
import dev.berth.network.port.PublishRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The networks of a container that runs, or is being started: its endpoints, its published ports, and its resolver. Whoever
 * uses it holds the container's lock; closing it gives everything back.
 */
public final class ContainerNetwork implements AutoCloseable {
    private static final int SHORT_ID_CHARS = 12;

    private final Networks networks;
    private final NetworkSandbox sandbox;
    private final Map<String, EndpointConfig> asked = new HashMap<>(); // by the networks' IDs
    private Owner owner;
    private NetworkState state;
    private Optional<List<PublishRequest>> publishing = Optional.empty();

    /**
     * Whose it is.
     *
     * @param hostname a name of its own besides; empty for none
     * @param mac the hardware address of its first endpoint; empty for any
     * @param nameServers who is asked for names that no container has; none where nobody is there to be asked
     * @param ndots whether the container's resolver is told when a name is no host's
     */
    public record Owner(String id, String name, String hostname, String mac, List<String> nameServers, boolean ndots) {
        public Owner {
            nameServers = List.copyOf(nameServers);
        }

        Owner renamed(String newName) {
            return new Owner(id, newName, hostname, mac, nameServers, ndots);
        }

        String shortId() {
            return id.substring(0, SHORT_ID_CHARS);
        }
    }

    ContainerNetwork(Networks networks, Owner owner, NetworkSandbox sandbox, NetworkState state) {
        this.networks = networks;
        this.sandbox = sandbox;
        this.owner = owner;
        this.state = state;
    }

    /** By which the container's first process enters its namespace. */
    public String path() {
        return sandbox.path();
    }

    /** What is to be kept of it. */
    public NetworkState state() {
        return state;
    }

    /** Whether the container has a resolver of its own, which knows the others' names. */
    public boolean resolves() {
        return state.endpoints().stream()
                .anyMatch(endpoint -> !endpoint.network().equals(Networks.BRIDGE));
    }

    /**
     * Joins networks, the way out first.
     *
     * @param places what is asked of each, by the networks' names or IDs
     */
    public void joinAll(Map<String, EndpointConfig> places) {
        List<Map.Entry<Network, EndpointConfig>> all = new ArrayList<>();
        places.forEach((name, config) -> all.add(Map.entry(networks.find(name), config)));
        all.sort(Comparator.<Map.Entry<Network, EndpointConfig>, Boolean>comparing(
                        one -> one.getKey().record().internal())
                .thenComparing(one -> -one.getValue().gwPriority())
                .thenComparing(one -> one.getKey().name()));
        all.forEach(one -> join(one.getKey(), one.getValue()));
    }

    /**
     * Joins a network.
     *
     * @throws EngineException NOT_FOUND, CONFLICT where the container is on it, or why it cannot be had; nothing is left then
     */
    public void join(String nameOrId, EndpointConfig place) {
        join(networks.find(nameOrId), place);
    }

    private void join(Network network, EndpointConfig place) {
        if (!network.isJoinable()) {
            throw EngineException.invalid("container cannot be connected to network " + network.name()
                    + " beside others: it is not one that can be shared");
        }
        if (state.endpoint(network.id()).isPresent()) {
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN,
                    "endpoint with name " + owner.name() + " already exists in network " + network.name());
        }
        Endpoints.check(network, place);
        networks.ensure(network);
        String doing = "connect container " + owner.name() + " to network " + network.name();
        asked.put(network.id(), place);
        Endpoint endpoint = NetworkFailures.translating(doing, () -> attach(network, place));
        enter(network, endpoint);
        try {
            NetworkFailures.translating(doing, this::agree);
        } catch (EngineException e) {
            leave(network, endpoint);
            throw e;
        }
        networks.publish("connect", network, Map.of("container", owner.id()));
    }

    private Endpoint attach(Network network, EndpointConfig place) {
        List<AddressPlan.Assignment> assigned = Endpoints.assign(network, place);
        try {
            List<IpPrefix> addresses =
                    assigned.stream().map(AddressPlan.Assignment::withPrefix).toList();
            boolean first = state.endpoints().isEmpty();
            String mac = NetworkSandbox.hardwareAddress(
                    place.macAddress().isEmpty() && first ? owner.mac() : place.macAddress(), addresses);
            boolean wayOut = first && !network.record().internal();
            Segment segment = network.segment();
            List<IpAddress> gateways = network.record().internal() || segment.isRouted()
                    ? List.of()
                    : addresses.stream()
                            .flatMap(address -> network.gateway(address.family()).stream())
                            .toList();
            List<IpAddress> waysOut = segment.isRouted() ? Endpoints.anyOf(addresses) : gateways;
            List<IpPrefix> all = new ArrayList<>(addresses);
            all.addAll(Endpoints.linkLocal(place));
            String id = Ids.random();
            String interfaceName = segment.attach(
                    sandbox,
                    new NetworkSandbox.Wish(
                            id, all, mac, wayOut ? waysOut : List.of(), EndpointOptions.parse(place.driverOpts())));
            return new Endpoint(
                    network.id(),
                    network.name(),
                    id,
                    interfaceName,
                    mac,
                    text(addresses, Family.IPV4),
                    text(addresses, Family.IPV6),
                    gateway(gateways, Family.IPV4),
                    gateway(gateways, Family.IPV6),
                    names(network),
                    place.gwPriority());
        } catch (RuntimeException e) {
            assigned.forEach(AddressPlan.Assignment::release);
            throw e;
        }
    }

    private static String text(List<IpPrefix> addresses, Family family) {
        return addresses.stream()
                .filter(address -> address.family() == family)
                .findFirst()
                .map(IpPrefix::toString)
                .orElse("");
    }

    private static String gateway(List<IpAddress> gateways, Family family) {
        return gateways.stream()
                .filter(address -> address.family() == family)
                .findFirst()
                .map(IpAddress::toString)
                .orElse("");
    }

    private List<String> names(Network network) {
        if (network.isDefault()) {
            return List.of();
        }
        Set<String> names = new LinkedHashSet<>();
        names.add(owner.name());
        names.addAll(place(network).aliases());
        names.add(owner.shortId());
        if (!owner.hostname().isEmpty()) {
            names.add(owner.hostname());
        }
        return List.copyOf(names);
    }

    private EndpointConfig place(Network network) {
        return asked.getOrDefault(network.id(), EndpointConfig.NONE);
    }

    /** The containers' names, by alias. */
    private Map<String, String> links(Network network) {
        Map<String, String> links = new HashMap<>();
        place(network).links().stream().map(LinkText::parse).forEach(link -> links.put(link.alias(), link.container()));
        return links;
    }

    private void enter(Network network, Endpoint endpoint) {
        network.add(new Member(owner.id(), owner.name(), endpoint));
        if (!network.isDefault()) {
            network.zone().put(endpoint.id(), owner.name(), endpoint.names(), addresses(endpoint));
        }
        if (state.endpoint(network.id()).isEmpty()) {
            List<Endpoint> more = new ArrayList<>(state.endpoints());
            more.add(endpoint);
            state = new NetworkState(more, state.ports());
        }
    }

    /**
     * Leaves a network.
     *
     * @throws EngineException FORBIDDEN where the container is not on it
     */
    public void leave(String nameOrId) {
        Network network = networks.find(nameOrId);
        Endpoint endpoint = state.endpoint(network.id())
                .orElseThrow(() -> new EngineException(
                        EngineException.Kind.FORBIDDEN,
                        "container " + owner.id() + " is not connected to network " + network.name()));
        leave(network, endpoint);
        NetworkFailures.translating("disconnect container " + owner.name() + " from " + network.name(), this::agree);
        networks.publish("disconnect", network, Map.of("container", owner.id()));
    }

    private void leave(Network network, Endpoint endpoint) {
        Optional<Endpoint> before = wayOut(networks, state.endpoints());
        if (before.filter(endpoint::equals).isPresent()) {
            sandbox.unpublish();
            state = new NetworkState(state.endpoints(), List.of());
        }
        sandbox.detach(endpoint.id());
        network.forget(endpoint);
        asked.remove(network.id());
        state = new NetworkState(
                state.endpoints().stream().filter(one -> !one.equals(endpoint)).toList(), state.ports());
    }

    /** Which of a container's endpoints leads out of its networks: that of the highest priority, by name among equals. */
    static Optional<Endpoint> wayOut(Networks networks, List<Endpoint> endpoints) {
        return endpoints.stream()
                .filter(endpoint -> networks.network(endpoint)
                        .filter(network -> !network.record().internal())
                        .isPresent())
                .min(Comparator.<Endpoint>comparingInt(endpoint -> -endpoint.gatewayPriority())
                        .thenComparing(Endpoint::network));
    }

    /** Has the way out, the ports and the resolver be as the endpoints say. */
    private void agree() {
        Optional<Endpoint> way = wayOut(networks, state.endpoints());
        if (state.endpoints().size() > 1 || way.isEmpty()) {
            sandbox.leaveBy(
                    way.map(Endpoint::interfaceName).orElse(""),
                    way.flatMap(endpoint ->
                                    networks.network(endpoint).map(network -> Endpoints.waysOut(network, endpoint)))
                            .orElse(List.of()));
        }
        if (publishing.isPresent() && way.isPresent() && state.ports().isEmpty()) {
            publish(publishing.get());
        }
        resolve();
    }

    private void resolve() {
        if (!resolves()) {
            return;
        }
        List<NameView.Attached> view = state.endpoints().stream()
                .flatMap(endpoint -> networks.network(endpoint).stream())
                .filter(network -> !network.isDefault())
                .map(network -> new NameView.Attached(network.zone(), links(network)))
                .toList();
        boolean out = wayOut(networks, state.endpoints()).isPresent();
        List<Upstream> upstreams = owner.nameServers().stream()
                .flatMap(text -> IpAddress.parse(text).stream())
                .map(Upstream::fromHost)
                .toList();
        sandbox.answer(
                new NameView(view),
                out ? new ResolverSettings(upstreams, owner.ndots()) : ResolverSettings.NO_UPSTREAM);
    }

    /**
     * Publishes ports, by the network that is the container's way out; without one there is nothing to be reached, and on an
     * interface of the host's the container is reached at all its ports by itself.
     *
     * @param all whether every exposed port is published that is not named
     * @throws EngineException INVALID, or FAILED where a port cannot be had; none is published then
     */
    public void publish(Map<String, List<PortBinding>> bindings, Collection<String> exposed, boolean all) {
        List<PublishRequest> requests = Publishing.requests(bindings, exposed, all);
        if (requests.isEmpty()) {
            return;
        }
        publishing = Optional.of(requests);
        if (wayOut(networks, state.endpoints()).isPresent()) {
            publish(requests);
        }
    }

    private void publish(List<PublishRequest> requests) {
        Endpoint endpoint = wayOut(networks, state.endpoints()).orElseThrow();
        networks.network(endpoint).orElseThrow().bridge().ifPresent(bridge -> {
            List<PublishedPort> ports = NetworkFailures.explaining(
                    "driver failed programming external connectivity on endpoint " + owner.name() + " (" + endpoint.id()
                            + ")",
                    () -> sandbox.publish(bridge, addresses(endpoint), requests));
            state = new NetworkState(
                    state.endpoints(), ports.stream().map(Publishing::kept).toList());
        });
    }

    private static List<IpAddress> addresses(Endpoint endpoint) {
        return Endpoints.addresses(endpoint).stream().map(IpPrefix::address).toList();
    }

    /** The address of the host in the network that is the way out. */
    public Optional<String> gateway() {
        return wayOut(networks, state.endpoints()).stream()
                .flatMap(endpoint -> Endpoints.gateways(endpoint).stream())
                .map(IpAddress::toString)
                .findFirst();
    }

    /** Each address of its own, as text. */
    public List<String> addresses() {
        return state.endpoints().stream()
                .flatMap(endpoint -> Endpoints.addresses(endpoint).stream())
                .map(prefix -> prefix.address().toString())
                .toList();
    }

    /** Has others find it by another name, and by the one that it had no more. */
    public void rename(String newName) {
        owner = owner.renamed(newName);
        List<Endpoint> renamed = new ArrayList<>();
        for (Endpoint endpoint : state.endpoints()) {
            Optional<Network> network = networks.network(endpoint);
            Endpoint now = network.map(on -> endpoint.withNames(names(on))).orElse(endpoint);
            network.ifPresent(on -> enter(on, now));
            renamed.add(now);
        }
        state = new NetworkState(renamed, state.ports());
    }

    /**
     * Takes up what its state says; the networks have been restored.
     *
     * @param places what was asked of each, by the networks' names or IDs
     */
    void takeUp(Map<String, EndpointConfig> places) {
        networks.places(places, state).forEach(place -> asked.put(place.networkId(), place.asked()));
        for (Endpoint endpoint : state.endpoints()) {
            networks.network(endpoint).ifPresent(network -> {
                network.segment().takeUp(sandbox, Endpoints.wish(endpoint), endpoint.interfaceName());
                enter(network, endpoint);
            });
        }
        wayOut(networks, state.endpoints())
                .ifPresent(way -> networks.network(way)
                        .flatMap(Network::bridge)
                        .ifPresent(bridge -> sandbox.publish(bridge, addresses(way), Publishing.again(state.ports()))));
        resolve();
    }

    /** Leaves it to an engine that comes later. */
    public void leave() {
        sandbox.leave();
    }

    /** Gives everything back, all that can be, and tells so. */
    @Override
    public void close() {
        try {
            NetworkFailures.translating("free the network of container " + owner.name(), sandbox::close);
        } finally {
            List<Endpoint> gone = state.endpoints();
            state = new NetworkState(List.of(), List.of());
            for (Endpoint endpoint : gone) {
                networks.network(endpoint).ifPresent(network -> {
                    network.forget(endpoint);
                    networks.publish("disconnect", network, Map.of("container", owner.id()));
                });
            }
        }
    }
}
