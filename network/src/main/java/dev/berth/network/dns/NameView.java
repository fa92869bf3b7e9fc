package dev.berth.network.dns;

import dev.berth.network.address.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The names that one container sees: those of the networks that it is on, in their order, and no others.
 *
 * @param networks each with the names that the container alone has for others in it
 */
public record NameView(List<Attached> networks) {
    /** Sees nothing. */
    public static final NameView EMPTY = new NameView(List.of());

    public NameView {
        networks = List.copyOf(networks);
    }

    /**
     * A network that the container is on.
     *
     * @param links names that only this container knows ({@code --link}), to the names that they stand for
     */
    public record Attached(Zone zone, Map<String, String> links) {
        public Attached {
            links = links.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(link -> Zone.canonical(link.getKey()), Map.Entry::getValue));
        }
    }

    public static NameView of(Zone... zones) {
        return new NameView(List.of(zones).stream()
                .map(zone -> new Attached(zone, Map.of()))
                .toList());
    }

    /**
     * The addresses of a name. As names of containers and networks may have dots in them, {@code a.b.c} is looked for as it
     * is, then as {@code a.b} in network {@code c}, then as {@code a} in network {@code b.c}.
     *
     * @param name without a dot at its end
     * @return nothing where nobody has the name; none where those who have it have no addresses
     */
    Optional<List<IpAddress>> resolve(String name) {
        Optional<List<IpAddress>> whole = resolveIn("", name);
        int dot = name.lastIndexOf('.');
        while (whole.isEmpty() && dot > 0) {
            whole = resolveIn(name.substring(dot + 1), name.substring(0, dot));
            dot = name.lastIndexOf('.', dot - 1);
        }
        return whole;
    }

    /** @param network its name; empty for all of them */
    private Optional<List<IpAddress>> resolveIn(String network, String name) {
        String key = Zone.canonical(name);
        // A link hides whoever has that name by right.
        Optional<List<IpAddress>> linked = firstIn(
                network,
                attached -> Optional.ofNullable(attached.links.get(key)).flatMap(attached.zone::resolve));
        return linked.isPresent()
                ? linked
                : firstIn(
                        network,
                        attached -> attached.links.containsKey(key) ? Optional.empty() : attached.zone.resolve(key));
    }

    private Optional<List<IpAddress>> firstIn(String network, Function<Attached, Optional<List<IpAddress>>> look) {
        for (Attached attached : networks) {
            if (network.isEmpty() || network.equals(attached.zone.network())) {
                Optional<List<IpAddress>> found = look.apply(attached);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** The name of whoever has the address in one of the networks. */
    Optional<String> reverse(IpAddress address) {
        return networks.stream()
                .flatMap(attached -> attached.zone.reverse(address).stream())
                .findFirst();
    }
}
