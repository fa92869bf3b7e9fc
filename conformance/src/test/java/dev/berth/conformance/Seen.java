package dev.berth.conformance;

import dev.berth.cli.json.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a user sees of one daemon: places, and what is there; what is of the day (ids, times, addresses) made equal. */
final class Seen {
    /** Numbers that are given as they come. */
    private static final List<String> CHANCE = List.of(".Pid", ".Ports.80/tcp.HostPort");

    private final Map<String, String> found = new TreeMap<>();
    private final String host;

    /**
     * @param host where the daemon listens, whose directory has all that it has
     */
    Seen(String host) {
        this.host = host;
    }

    Map<String, String> found() {
        return found;
    }

    /** What was printed: each line is a place of its own. */
    void text(String place, Command command) {
        found.put(place + " =", Integer.toString(command.exitCode()));
        command.err()
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> found.put(place + " 2> " + normal(line), ""));
        command.out()
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> found.put(place + ": " + normal(line), ""));
    }

    /** What was printed as JSON: each value is at its path. */
    void json(String place, Command command) {
        add(place, Json.parse(command.succeeded().out()).value());
    }

    /** To every client, what is missing is as good as what is empty, false or zero. */
    private void add(String path, @Nullable Object value) {
        switch (value) {
            case null -> {}
            case Object _ when path.endsWith(".Health.Log") -> {} // how often was asked is left to chance
            case Object _ when path.endsWith(".ExecIDs") -> {} // whether a probe is asking just now, too
            case Map<?, ?> map -> map.forEach((name, of) -> add(path + "." + name(name.toString(), of), of));
            case List<?> list -> add(path, list);
            default -> {
                if (!List.of("", "false", "0").contains(value.toString())) {
                    boolean chance = CHANCE.stream().anyMatch(path::endsWith);
                    found.put(path, chance ? "ANY" : normal(value.toString()));
                }
            }
        }
    }

    /** Who is on a network is told by ids, and known by their names. */
    private String name(String key, @Nullable Object of) {
        return of instanceof Map<?, ?> map && map.get("Name") instanceof String name && key.matches("[0-9a-f]{64}")
                ? name
                : normal(key);
    }

    private void add(String path, List<?> list) {
        if (list.isEmpty()) {
            return;
        }
        if (list.size() == 1) {
            add(path, list.getFirst());
        } else if (list.getFirst() instanceof Map) {
            // Docker tells of mounts in any order.
            List<?> inOrder = list.stream()
                    .sorted(Comparator.comparing(
                            one -> one instanceof Map<?, ?> map ? "" + map.get("Destination") : ""))
                    .toList();
            for (int i = 0; i < inOrder.size(); i++) {
                add(path + "[" + i + "]", inOrder.get(i));
            }
        } else {
            found.put(
                    path,
                    list.stream()
                            .map(one -> normal(String.valueOf(one)))
                            .sorted()
                            .toList()
                            .toString());
        }
    }

    private String normal(String text) {
        String home = host.substring("unix://".length(), host.lastIndexOf('/'));
        return text.replace(home, "HOME")
                .replaceAll("sha256:[0-9a-f]{64}", "sha256:ID")
                .replaceAll("\\b[0-9a-f]{64}\\b", "ID")
                .replaceAll("\\b[0-9a-f]{12}\\b", "ID")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)", "TIME")
                .replaceAll("(Less than a second|About a minute|\\d+ (second|minute)s?)( ago)?", "SPAN")
                // Which of those that are started at once is the first is left to chance.
                .replaceAll("\\b(172\\.\\d+\\.0)\\.[1-9]\\d*\\b", "$1.N")
                .replaceAll("02:42:ac:[0-9a-f:]+", "MAC")
                .replaceAll("(127\\.0\\.0\\.1:)\\d+", "$1PORT")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
