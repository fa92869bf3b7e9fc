package dev.berth.engine.container;

import dev.berth.engine.config.EndpointConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.network.Endpoint;
import dev.berth.engine.network.LinkText;
import dev.berth.engine.network.Networks;
import dev.berth.engine.spec.LinkEnvironment;
import dev.berth.engine.spec.NamespacePlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Containers of the default network that another of it knows by names of its own, in its files and its environment (Docker's
 * legacy links). A record has them by the others' IDs, so that they follow a rename. On other networks a link is a name that
 * the container's resolver knows.
 */
final class Links {
    private final ContainerIndex index;

    Links(ContainerIndex index) {
        this.index = index;
    }

    /** One that is there. */
    private record Link(Container other, String alias) {}

    /** Whether links in this mode are files' and variables', not the resolver's. */
    private static boolean legacy(String networkMode) {
        return networkMode.isEmpty() || networkMode.equals("default") || networkMode.equals(Networks.BRIDGE);
    }

    /**
     * What a container's record has of the links that it asks for.
     *
     * @throws EngineException INVALID, in Docker's words
     */
    List<String> kept(HostConfig host, String networkMode) {
        List<LinkText> asked = host.links().stream().map(LinkText::parse).toList();
        if (asked.isEmpty()) {
            return List.of();
        }
        if (!NamespacePlan.isBridged(networkMode)) {
            throw EngineException.invalid("conflicting options: "
                    + switch (networkMode) {
                        case "host" -> "host type networking";
                        case "none" -> "a container without a network (none)";
                        default -> "container type network";
                    }
                    + " can't be used with links. This would result in undefined behavior");
        }
        return legacy(networkMode) ? asked.stream().map(this::kept).toList() : List.of();
    }

    private String kept(LinkText link) {
        try {
            Container other = index.find(link.container());
            if (other.networkMode().equals("host")) {
                throw EngineException.invalid("conflicting options: host type networking can't be used with links."
                        + " This would result in undefined behavior");
            }
            return other.id() + ":" + link.alias();
        } catch (EngineException e) {
            // What is not found a client would take for the image.
            throw e.kind() == EngineException.Kind.NOT_FOUND
                    ? EngineException.invalid("could not get container for " + link.container() + ": " + e.getMessage())
                    : e;
        }
    }

    /** The places in networks, with the links that were asked for of the container as a whole. */
    static Map<String, EndpointConfig> places(
            HostConfig host, String networkMode, Map<String, EndpointConfig> networks) {
        if (host.links().isEmpty() || legacy(networkMode) || !NamespacePlan.isBridged(networkMode)) {
            return networks;
        }
        Map<String, EndpointConfig> places = new LinkedHashMap<>(networks);
        places.computeIfPresent(
                networkMode, (name, place) -> place.links().isEmpty() ? place.withLinks(host.links()) : place);
        return places;
    }

    /** The ID of the container that another of the default network has linked under this alias. */
    static Optional<String> find(Container client, String alias) {
        return client.hostConfig().links().stream()
                .map(LinkText::parse)
                .filter(link -> link.alias().equals(alias))
                .map(LinkText::container)
                .findFirst();
    }

    /** What a container's record has of its links without those of this alias. */
    static List<String> without(Container client, String alias) {
        return client.hostConfig().links().stream()
                .filter(text -> !LinkText.parse(text).alias().equals(alias))
                .toList();
    }

    private List<Link> of(Container container) {
        List<Link> links = new ArrayList<>();
        for (String text : container.hostConfig().links()) {
            LinkText link = LinkText.parse(text);
            index.withId(link.container()).ifPresent(other -> links.add(new Link(other, link.alias())));
        }
        links.sort(Comparator.comparing(Link::alias));
        return links;
    }

    /** Requires that all can be had that a container which is being started is linked with. */
    void require(Container container) {
        for (Link link : onDefault(container) ? of(container) : List.<Link>of()) {
            if (!link.other().state().hasProcess()) {
                throw new EngineException(
                        EngineException.Kind.FAILED,
                        "Cannot link to a non running container: /"
                                + link.other().name() + " AS " + name(container, link));
            }
            if (address(link.other()).isEmpty()) {
                throw new EngineException(
                        EngineException.Kind.FAILED,
                        "Cannot link to /" + link.other().name() + ", as it does not belong to the default network");
            }
        }
    }

    /** The variables that a container has of those that it is linked with. */
    List<String> environment(Container container) {
        List<String> environment = new ArrayList<>();
        for (Link link : onDefault(container) ? of(container) : List.<Link>of()) {
            address(link.other())
                    .ifPresent(address -> environment.addAll(LinkEnvironment.of(
                            name(container, link),
                            address,
                            link.other().config().env(),
                            link.other().config().exposedPorts())));
        }
        return environment;
    }

    /** Lines of {@code /etc/hosts}: an address and the names that it has. */
    List<String> hosts(Container container) {
        List<String> lines = new ArrayList<>();
        for (Link link : onDefault(container) ? of(container) : List.<Link>of()) {
            Container other = link.other();
            String name = link.alias().equals(other.name()) ? "" : " " + other.name();
            address(other)
                    .ifPresent(address -> lines.add(
                            address + "\t" + link.alias() + " " + other.config().hostname() + name));
        }
        return lines;
    }

    /** As {@code inspect} shows them: {@code /db:/client/database}. */
    List<String> shown(Container container) {
        return of(container).stream()
                .map(link -> "/" + link.other().name() + ":" + name(container, link))
                .toList();
    }

    /** The names that containers have by the links of all others, by their IDs: {@code client/database}. */
    Map<String, List<String>> names() {
        Map<String, List<String>> names = new HashMap<>();
        for (Container container : index.all()) {
            for (Link link : container.hostConfig().links().isEmpty() ? List.<Link>of() : of(container)) {
                names.computeIfAbsent(link.other().id(), id -> new ArrayList<>())
                        .add(container.name() + "/" + link.alias());
            }
        }
        return names;
    }

    /** Those that run and are linked with a container. */
    List<Container> linkedWith(Container container) {
        return index.all().stream()
                .filter(other ->
                        other.hostConfig().links().stream().anyMatch(link -> link.startsWith(container.id() + ":")))
                .filter(other -> other.state().hasProcess() && onDefault(other))
                .toList();
    }

    private static String name(Container container, Link link) {
        return "/" + container.name() + "/" + link.alias();
    }

    private static boolean onDefault(Container container) {
        return address(container).isPresent();
    }

    private static Optional<String> address(Container container) {
        return container.snapshot().network().endpoints().stream()
                .filter(endpoint -> endpoint.network().equals(Networks.BRIDGE))
                .map(endpoint -> Endpoint.address(endpoint.ipv4()))
                .filter(address -> !address.isEmpty())
                .findFirst();
    }
}
