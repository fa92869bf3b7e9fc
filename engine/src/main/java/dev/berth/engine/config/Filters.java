package dev.berth.engine.config;

import dev.berth.engine.error.EngineException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What all filters have in common, whatever they filter. */
public final class Filters {
    private Filters() {}

    /** @throws EngineException INVALID for a filter that does not exist */
    public static void requireKnown(Map<String, List<String>> filters, Set<String> known) {
        for (String name : filters.keySet()) {
            if (!known.contains(name)) {
                throw EngineException.invalid("invalid filter '" + name + "'");
            }
        }
    }

    /**
     * Whether there is a label.
     *
     * @param wanted its name, or its name and value with an equals sign between them
     */
    public static boolean hasLabel(Map<String, String> labels, String wanted) {
        int equals = wanted.indexOf('=');
        return equals < 0
                ? labels.containsKey(wanted)
                : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
    }
}
