package dev.berth.engine.network;

import dev.berth.engine.config.Filters;
import dev.berth.engine.config.PointInTime;
import dev.berth.engine.error.EngineException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Which networks pass the filters of a query, in Docker's terms. */
final class NetworkFilter implements Predicate<Network> {
    private static final Set<String> LISTING = Set.of("dangling", "driver", "id", "label", "name", "scope", "type");
    private static final Set<String> PRUNING = Set.of("label", "label!", "until");

    private final Map<String, List<String>> filters;

    private NetworkFilter(Map<String, List<String>> filters) {
        this.filters = filters;
    }

    /** @throws EngineException INVALID for a filter that does not exist or has a malformed value */
    static NetworkFilter listing(Map<String, List<String>> filters) {
        Filters.requireKnown(filters, LISTING);
        for (String type : filters.getOrDefault("type", List.of())) {
            if (!Set.of("builtin", "custom").contains(type)) {
                throw EngineException.invalid("invalid filter: 'type'='" + type + "'");
            }
        }
        for (String dangling : filters.getOrDefault("dangling", List.of())) {
            if (!Set.of("true", "false", "1", "0").contains(dangling)) {
                throw EngineException.invalid("invalid filter 'dangling=" + dangling + "'");
            }
        }
        return new NetworkFilter(filters);
    }

    /** @throws EngineException INVALID for a filter that does not exist or has a malformed value */
    static NetworkFilter pruning(Map<String, List<String>> filters) {
        Filters.requireKnown(filters, PRUNING);
        NetworkFilter filter = new NetworkFilter(filters);
        filters.getOrDefault("until", List.of()).forEach(NetworkFilter::time);
        return filter;
    }

    private static Instant time(String text) {
        return PointInTime.parse("until", text);
    }

    @Override
    public boolean test(Network network) {
        return filters.entrySet().stream()
                .allMatch(filter -> filter.getKey().startsWith("label")
                        ? filter.getValue().stream().allMatch(value -> fits(network, filter.getKey(), value))
                        : filter.getValue().isEmpty()
                                || filter.getValue().stream().anyMatch(value -> fits(network, filter.getKey(), value)));
    }

    private static boolean fits(Network network, String filter, String value) {
        NetworkRecord record = network.record();
        return switch (filter) {
            case "id" -> record.id().startsWith(value);
            case "name" -> record.name().contains(value);
            case "driver" -> record.driver().equals(value);
            case "scope" -> value.equals("local");
            case "type" -> value.equals("builtin") == NetworkIndex.isPredefined(record.name());
            case "dangling" ->
                (value.equals("true") || value.equals("1"))
                        == (network.members().isEmpty() && !NetworkIndex.isPredefined(record.name()));
            case "label" -> Filters.hasLabel(record.labels(), value);
            case "label!" -> !Filters.hasLabel(record.labels(), value);
            case "until" -> record.created().isBefore(time(value));
            default -> throw new IllegalStateException("a filter that is known and has no meaning: " + filter);
        };
    }
}
