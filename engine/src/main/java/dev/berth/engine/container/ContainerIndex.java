package dev.berth.engine.container;

import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** Which containers there are, by id and by name. */
final class ContainerIndex {
    private static final int NAME_ATTEMPTS = 100;

    private final NavigableMap<String, Container> byId = new ConcurrentSkipListMap<>();
    /** Ids by name; a name is taken before its container is there. */
    private final Map<String, String> names = new HashMap<>();

    /**
     * Takes a name for an id.
     *
     * @param wanted empty for a generated one
     * @throws EngineException CONFLICT when another container has it
     */
    synchronized String takeName(Optional<String> wanted, String id) {
        if (byId.size() >= Limits.CONTAINERS) {
            throw EngineException.conflict(
                    "there are " + Limits.CONTAINERS + " containers, which is the limit: remove some");
        }
        if (wanted.isPresent()) {
            takeName(wanted.get(), id);
            return wanted.get();
        }
        for (int attempt = 0; attempt < NAME_ATTEMPTS; attempt++) {
            String name = Names.generate(attempt);
            if (names.putIfAbsent(name, id) == null) {
                return name;
            }
        }
        throw EngineException.conflict("no free name was found for the container: give it one");
    }

    /** Takes the name and gives the old one back. */
    synchronized void rename(String oldName, String newName, String id) {
        takeName(newName, id);
        names.remove(oldName);
    }

    synchronized void giveNameBack(String name) {
        names.remove(name);
    }

    void add(Container container) {
        byId.put(container.id(), container);
    }

    /** Adds one whose name nobody has asked for yet. */
    synchronized void addWithName(Container container) {
        names.put(container.name(), container.id());
        add(container);
    }

    synchronized void remove(Container container) {
        byId.remove(container.id());
        names.remove(container.name());
    }

    /** Whether a container is here, or a name was taken for one that is just being made. */
    synchronized boolean isTaken(String id) {
        return byId.containsKey(id) || names.containsValue(id);
    }

    Optional<Container> withId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    boolean has(String id) {
        return byId.containsKey(id);
    }

    Collection<Container> all() {
        return byId.values();
    }

    /**
     * The container of an id, a name, a link's name ({@code client/alias}), or the start of an id, in this order.
     *
     * @throws EngineException NOT_FOUND, or INVALID where several ids begin so
     */
    Container find(String idOrName) {
        Container exact = byId.get(idOrName);
        if (exact != null) {
            return exact;
        }
        String name = idOrName.startsWith("/") ? idOrName.substring(1) : idOrName;
        Container named = named(name);
        return named != null ? named : linked(name).orElseGet(() -> withPrefix(idOrName));
    }

    private void takeName(String name, String id) {
        String holder = names.putIfAbsent(name, id);
        if (holder != null) {
            throw EngineException.conflict("Conflict. The container name \"/" + name
                    + "\" is already in use by container \"" + holder
                    + "\". You have to remove (or rename) that container to be able to reuse that name.");
        }
    }

    private synchronized @Nullable Container named(String name) {
        String id = names.get(name);
        return id == null ? null : byId.get(id);
    }

    /** The one that another knows by a name of its own. */
    private Optional<Container> linked(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0
                ? Optional.empty()
                : Optional.ofNullable(named(name.substring(0, slash)))
                        .flatMap(client -> Links.find(client, name.substring(slash + 1)))
                        .flatMap(this::withId);
    }

    private Container withPrefix(String prefix) {
        Map.Entry<String, Container> first = prefix.isEmpty() ? null : byId.ceilingEntry(prefix);
        if (first == null || !first.getKey().startsWith(prefix)) {
            throw EngineException.notFound("No such container: " + prefix);
        }
        Map.Entry<String, Container> second = byId.higherEntry(first.getKey());
        if (second != null && second.getKey().startsWith(prefix)) {
            throw EngineException.invalid("multiple IDs found with provided prefix: " + prefix);
        }
        return first.getValue();
    }
}
