package dev.berth.engine.event;

import dev.berth.engine.config.Filters;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which events pass the filters of a query, in Docker's terms. */
final class EventFilter {
    private static final Set<String> NAMES = Set.of(
            "type",
            "event",
            "container",
            "image",
            "label",
            "daemon",
            "scope",
            "network",
            "volume",
            "plugin",
            "service",
            "node",
            "secret",
            "config");

    private final Map<String, List<String>> filters;

    /** @throws dev.berth.engine.error.EngineException INVALID for a filter that does not exist */
    EventFilter(Map<String, List<String>> filters) {
        Filters.requireKnown(filters, NAMES);
        this.filters = filters;
    }

    boolean passes(Event event) {
        for (Map.Entry<String, List<String>> filter : filters.entrySet()) {
            List<String> wanted = filter.getValue();
            boolean fits = filter.getKey().equals("label")
                    ? wanted.stream().allMatch(label -> Filters.hasLabel(event.attributes(), label))
                    : wanted.isEmpty() || wanted.stream().anyMatch(value -> fits(event, filter.getKey(), value));
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(Event event, String filter, String value) {
        return switch (filter) {
            case "type" -> event.type().word().equals(value);
            case "event" -> event.action().equals(value) || event.action().startsWith(value + ":");
            case "scope" -> value.equals("local");
            case "container" -> event.type() == Event.Type.CONTAINER && isActor(event, value);
            case "daemon" -> event.type() == Event.Type.DAEMON && isActor(event, value);
            case "network" -> event.type() == Event.Type.NETWORK && isActor(event, value);
            case "volume" -> event.type() == Event.Type.VOLUME && isActor(event, value);
            case "image" -> isOfImage(event, value);
            default -> false; // there are no plugins and the like here, and nothing ever happens to them
        };
    }

    private static boolean isActor(Event event, String value) {
        return event.actorId().startsWith(value)
                || event.attributes().getOrDefault("name", "").startsWith(value);
    }

    private static boolean isOfImage(Event event, String value) {
        return switch (event.type()) {
            case IMAGE ->
                event.actorId().equals(value)
                        || withoutTag(event.actorId()).equals(value)
                        || isNamed(event.attributes().getOrDefault("name", ""), value);
            case CONTAINER -> isNamed(event.attributes().getOrDefault("image", ""), value);
            case NETWORK, VOLUME, DAEMON -> false;
        };
    }

    private static boolean isNamed(String name, String value) {
        return name.equals(value) || withoutTag(name).equals(value);
    }

    private static String withoutTag(String name) {
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }
}
