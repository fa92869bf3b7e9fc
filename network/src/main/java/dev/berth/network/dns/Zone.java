package dev.berth.network.dns;

import dev.berth.network.address.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names of one network's endpoints. Several endpoints may have the same name, which then has all their addresses.
 * Names are compared without regard to case. Safe for use by many threads.
 */
public final class Zone {
    private final String network;
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private final Map<String, List<Endpoint>> byName = new HashMap<>();
    private final Map<IpAddress, Endpoint> byAddress = new HashMap<>();

    /** @param network the network's name, which may follow an endpoint's */
    public Zone(String network) {
        this.network = network;
    }

    private record Endpoint(String primary, Set<String> names, List<IpAddress> addresses) {}

    public String network() {
        return network;
    }

    /**
     * Gives an endpoint its names; those that it had are gone.
     *
     * @param id what it is removed by
     * @param primary the name that its addresses have
     * @param names all that it is found by besides: aliases, the short ID
     */
    public synchronized void put(String id, String primary, Collection<String> names, List<IpAddress> addresses) {
        remove(id);
        Set<String> all = new TreeSet<>();
        all.add(canonical(primary));
        names.forEach(name -> all.add(canonical(name)));
        Endpoint endpoint = new Endpoint(primary, all, List.copyOf(addresses));
        endpoints.put(id, endpoint);
        all.forEach(
                name -> byName.computeIfAbsent(name, key -> new ArrayList<>()).add(endpoint));
        addresses.forEach(address -> byAddress.put(address, endpoint));
    }

    /** Takes an endpoint's names away. Idempotent. */
    public synchronized void remove(String id) {
        Endpoint endpoint = endpoints.remove(id);
        if (endpoint == null) {
            return;
        }
        for (String name : endpoint.names) {
            byName.computeIfPresent(name, (key, list) -> {
                list.remove(endpoint);
                return list.isEmpty() ? null : list;
            });
        }
        endpoint.addresses.forEach(address -> byAddress.remove(address, endpoint));
    }

    /** All addresses of a name, in no order that means anything; nothing where nobody has the name. */
    synchronized Optional<List<IpAddress>> resolve(String name) {
        List<Endpoint> found = byName.get(canonical(name));
        if (found != null && found.size() == 1) {
            return Optional.of(found.getFirst().addresses);
        }
        return found == null
                ? Optional.empty()
                : Optional.of(found.stream()
                        .flatMap(endpoint -> endpoint.addresses.stream())
                        .distinct()
                        .toList());
    }

    /** The name of whoever has the address, with the network's: {@code web.backend}. */
    synchronized Optional<String> reverse(IpAddress address) {
        return Optional.ofNullable(byAddress.get(address)).map(endpoint -> endpoint.primary + "." + network);
    }

    static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
