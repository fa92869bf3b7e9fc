package dev.berth.engine.image;

import dev.berth.engine.config.Filters;
import dev.berth.engine.error.EngineException;
import dev.berth.image.registry.SearchResult;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which repositories pass the filters of a search, in Docker's terms. */
public final class SearchFilter {
    private static final Set<String> KNOWN = Set.of("is-automated", "is-official", "stars");

    private final List<String> official;
    private final List<String> automated;
    private final int leastStars;

    /** @throws EngineException INVALID for a filter that does not exist or has a malformed value */
    public SearchFilter(Map<String, List<String>> filters) {
        Filters.requireKnown(filters, KNOWN);
        this.official = truths(filters, "is-official");
        this.automated = truths(filters, "is-automated");
        int least = 0;
        for (String stars : filters.getOrDefault("stars", List.of())) {
            try {
                least = Math.max(least, Integer.parseInt(stars));
            } catch (NumberFormatException e) {
                throw new EngineException(EngineException.Kind.INVALID, "invalid filter 'stars=[" + stars + "]'", e);
            }
        }
        this.leastStars = least;
    }

    /** Nothing is built automatically any more: a search for such finds nothing. */
    public boolean passes(SearchResult result) {
        return result.stars() >= leastStars
                && (official.isEmpty() || official.contains(Boolean.toString(result.official())))
                && !automated.contains("true");
    }

    private static List<String> truths(Map<String, List<String>> filters, String name) {
        return filters.getOrDefault(name, List.of()).stream()
                .map(value -> switch (value) {
                    case "1", "true" -> "true";
                    case "0", "false" -> "false";
                    default -> throw EngineException.invalid("invalid filter '" + name + "=[" + value + "]'");
                })
                .toList();
    }
}
