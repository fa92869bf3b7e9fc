package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.network.ContainerNetwork;
import dev.berth.engine.network.NetworkPlace;
import dev.berth.engine.network.NetworkState;
import dev.berth.engine.network.Networks;
import dev.berth.engine.spec.NamespacePlan;
import dev.berth.engine.spec.NetworkFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What containers have of networks: what they asked for, turned into interfaces, ports and files when they are started. */
final class ContainerNetworking {
    private final Facilities facilities;
    private final ContainerIndex index;
    private final Links links;

    ContainerNetworking(Facilities facilities, ContainerIndex index) {
        this.facilities = facilities;
        this.index = index;
        this.links = new Links(index);
    }

    /**
     * Checks what is asked for, as far as it can be known before a start.
     *
     * @throws EngineException INVALID or UNSUPPORTED, naming the part
     */
    void check(HostConfig host, ContainerConfig config, Map<String, EndpointConfig> networks) {
        Networks.checkPorts(host.portBindings(), config.exposedPorts(), host.publishAllPorts());
        networks.forEach((name, asked) -> facilities.networks().check(name, asked, config.macAddress()));
    }

    /** The container whose interfaces a container sees: itself, unless its network is another's. */
    Container holder(Container container) {
        Container holder = container;
        Set<Container> seen = new HashSet<>();
        while (seen.add(holder)) {
            Optional<String> next = holder.plan().namespaces().networkContainer();
            if (next.isPresent()) {
                holder = index.find(next.get());
            }
        }
        return holder;
    }

    /** Makes what a container is to have when it starts; empty where that is another's, the host's, or nothing. */
    Optional<ContainerNetwork> open(Container container) {
        Map<String, EndpointConfig> asked = container.snapshot().networks();
        if (!NamespacePlan.isBridged(container.plan().namespaces().networkMode())) {
            return Optional.empty();
        }
        ContainerNetwork network = facilities.networks().open(owner(container));
        try {
            network.joinAll(asked);
            HostConfig host = container.hostConfig();
            network.publish(host.portBindings(), container.config().exposedPorts(), host.publishAllPorts());
            return Optional.of(network);
        } catch (RuntimeException e) {
            close(container, network);
            throw e;
        }
    }

    /** Takes up what an engine before has made for a container that runs. */
    Optional<ContainerNetwork> takeUp(Container container, int pid) {
        NetworkState state = container.snapshot().network();
        if (!NamespacePlan.isBridged(container.plan().namespaces().networkMode())) {
            return Optional.empty();
        }
        if (pid == 0) { // it has ended meanwhile, and is taken up only to tell how
            facilities.networks().release(state);
            return Optional.empty();
        }
        try {
            return Optional.of(facilities
                    .networks()
                    .takeUp(owner(container), pid, state, container.snapshot().networks()));
        } catch (EngineException e) {
            facilities.log().log(Level.WARNING, container + " has lost its networks: " + e.getMessage());
            facilities.networks().release(state);
            return Optional.empty();
        }
    }

    private static ContainerNetwork.Owner owner(Container container) {
        ContainerConfig config = container.config();
        String hostname = config.hostname().equals(container.shortId()) ? "" : config.hostname();
        return new ContainerNetwork.Owner(
                container.id(),
                container.name(),
                hostname,
                config.macAddress(),
                NetworkFiles.nameServers(container.hostConfig()),
                NetworkFiles.setsNdots(container.hostConfig()));
    }

    /**
     * Puts a container on a network, at once where it runs.
     *
     * @throws EngineException NOT_FOUND, FORBIDDEN, or why it cannot be had; nothing is changed then
     */
    void connect(Container container, String nameOrId, EndpointConfig asked) {
        Networks networks = facilities.networks();
        container.lock();
        try {
            requireBridged(container);
            String name = networks.joinable(nameOrId);
            networks.check(name, asked, "");
            Map<String, EndpointConfig> all =
                    new LinkedHashMap<>(container.snapshot().networks());
            if (container.state().hasProcess()) {
                ContainerNetwork network = running(container);
                network.join(name, asked);
            } else if (isOn(container, name)) {
                throw new EngineException(
                        EngineException.Kind.FORBIDDEN,
                        "endpoint with name " + container.name() + " already exists in network " + name);
            }
            all.put(name, asked);
            changed(container, all);
        } finally {
            container.unlock();
        }
    }

    /** Takes a container from a network, at once where it runs. */
    void disconnect(Container container, String nameOrId) {
        container.lock();
        try {
            requireBridged(container);
            String name = facilities.networks().joinable(nameOrId);
            if (!isOn(container, name)) {
                throw new EngineException(
                        EngineException.Kind.FORBIDDEN,
                        "container " + container.id() + " is not connected to network " + name);
            }
            if (container.state().hasProcess()) {
                running(container).leave(name);
            }
            Map<String, EndpointConfig> all = new LinkedHashMap<>();
            for (NetworkPlace place : container.places()) {
                if (!place.network().equals(name)) {
                    all.put(place.network(), place.asked());
                }
            }
            changed(container, all);
        } finally {
            container.unlock();
        }
    }

    private static void requireBridged(Container container) {
        String mode = container.networkMode();
        if (mode.startsWith("container:") || mode.equals("host")) {
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN,
                    "container sharing network namespace with another container or host cannot be connected to any"
                            + " other network");
        }
        if (mode.equals("none")) {
            throw new EngineException(
                    EngineException.Kind.FORBIDDEN,
                    "container cannot be connected to multiple networks with one of the networks in private (none) mode");
        }
    }

    private static boolean isOn(Container container, String name) {
        return container.places().stream().anyMatch(place -> place.network().equals(name));
    }

    private static ContainerNetwork running(Container container) {
        return container
                .network()
                .orElseThrow(() -> EngineException.conflict(
                        "container " + container.shortId() + " has lost its networks; restart it"));
    }

    private void changed(Container container, Map<String, EndpointConfig> networks) {
        container.networks(networks);
        if (container.state().hasProcess()) {
            rewrite(container);
        }
    }

    private void rewrite(Container container) {
        try {
            container
                    .networkFiles()
                    .rewrite(
                            container.config().hostname(),
                            container.config().domainname(),
                            view(container),
                            container.hostConfig());
        } catch (IOException e) {
            throw EngineException.failed("write the names of " + container + " into its files: " + e.getMessage(), e);
        }
    }

    /**
     * What a container asks for, with its links as they are kept.
     *
     * @throws EngineException INVALID
     */
    HostConfig withLinks(HostConfig host, String networkMode) {
        return host.links().isEmpty()
                ? host
                : Updating.merge(facilities.jsonb(), host, Map.of("Links", links.kept(host, networkMode)));
    }

    /**
     * Has a container be linked with another no more ({@code client/alias}), at once where it runs.
     *
     * @throws EngineException NOT_FOUND; or FAILED, in Docker's words, for a container's own name
     */
    void unlink(String linkName) {
        index.find(linkName);
        String name = linkName.startsWith("/") ? linkName.substring(1) : linkName;
        int slash = name.lastIndexOf('/');
        if (slash < 0) {
            throw new EngineException(
                    EngineException.Kind.FAILED, "Conflict, cannot remove the default link name of the container");
        }
        Container client = index.find(name.substring(0, slash));
        client.lock();
        try {
            List<String> rest = Links.without(client, name.substring(slash + 1));
            client.reconfigure(Updating.merge(facilities.jsonb(), client.hostConfig(), Map.of("Links", rest)));
            if (client.state().hasProcess()) {
                rewrite(client);
            }
        } finally {
            client.unlock();
        }
    }

    /** What {@code inspect} shows, with the containers' names in its links. */
    ContainerInspection shown(ContainerInspection inspection, Container container) {
        HostConfig host = inspection.hostConfig();
        return host.links().isEmpty()
                ? inspection
                : inspection.with(Updating.merge(facilities.jsonb(), host, Map.of("Links", links.shown(container))));
    }

    /** The names that containers have by others' links, {@code client/database}, by their IDs. */
    Map<String, List<String>> linkNames() {
        return links.names();
    }

    /** Links a container that is being started with the others, all of which must be there. */
    void link(Container container) {
        links.require(container);
        linkAgain(container);
    }

    /** Links a container that runs with those of the others that are there. */
    void linkAgain(Container container) {
        container.linked(links.environment(container));
    }

    /**
     * Has those that are linked with a container which was started just now find it where it is. Its lock is held, and one of
     * the others' is taken: they are younger, and nobody who holds a younger one's waits for an older one's.
     */
    void tellLinked(Container container) {
        for (Container linked : links.linkedWith(container)) {
            linked.lock();
            try {
                if (linked.state().hasProcess()) {
                    rewrite(linked);
                }
            } catch (EngineException e) {
                facilities.log().log(Level.WARNING, String.valueOf(e.getMessage()));
            } finally {
                linked.unlock();
            }
        }
    }

    /** Has others find a container that runs by its new name, and by its old one no more. Whoever calls holds its lock. */
    void renamed(Container container) {
        container.network().ifPresent(network -> {
            network.rename(container.name());
            container.networks(container.snapshot().networks());
        });
    }

    /** What a container's files say of names and addresses. */
    NetworkFiles.View view(Container container) {
        Optional<ContainerNetwork> network = container.network();
        boolean hosts = container.plan().namespaces().network() instanceof NamespacePlan.Use.Hosts;
        return new NetworkFiles.View(
                hosts,
                network.isPresent(),
                network.filter(ContainerNetwork::resolves).isPresent(),
                network.map(ContainerNetwork::addresses).orElse(List.of()),
                network.flatMap(ContainerNetwork::gateway).orElse(""),
                links.hosts(container));
    }

    void close(Container container, ContainerNetwork network) {
        try {
            network.close();
        } catch (EngineException e) {
            facilities.log().log(Level.WARNING, "freeing the networks of " + container + " failed: " + e.getMessage());
        }
    }
}
