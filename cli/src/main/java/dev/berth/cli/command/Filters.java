package dev.berth.cli.command;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code --filter name=value}, as the API takes them. */
final class Filters {
    private Filters() {}

    /** The query's value; empty for no filters. */
    static String json(List<String> filters) {
        return filters.isEmpty() ? "" : Json.text(map(filters));
    }

    /** By their names. */
    static Map<String, List<String>> map(List<String> filters) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            if (equals < 1) {
                throw new CliException("invalid argument \"" + filter
                        + "\" for \"-f, --filter\" flag: bad format of filter (expected name=value)");
            }
            byName.computeIfAbsent(filter.substring(0, equals).strip(), name -> new ArrayList<>())
                    .add(filter.substring(equals + 1).strip());
        }
        return byName;
    }
}
