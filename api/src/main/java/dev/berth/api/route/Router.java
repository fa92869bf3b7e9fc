package dev.berth.api.route;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the endpoint of a request. A template's segment {@code {x}} stands for one segment of the path, {@code {x...}}
 * for one or more: names of images have slashes.
 */
final class Router {
    private final Map<String, List<Route>> routes = new HashMap<>();

    /** Answers a request to an endpoint. */
    @FunctionalInterface
    interface Endpoint {
        void serve(Call call) throws IOException;
    }

    private record Route(String method, List<String> template, Endpoint endpoint) {}

    /**
     * What was found.
     *
     * @param path what stands for the template's variables
     */
    record Match(Endpoint endpoint, Map<String, String> path) {}

    /** Adds an endpoint; the first added of several that match is taken. */
    void add(String method, String template, Endpoint endpoint) {
        List<String> segments = segments(template);
        routes.computeIfAbsent(segments.getFirst(), first -> new ArrayList<>())
                .add(new Route(method, segments, endpoint));
    }

    Optional<Match> find(String method, String path) {
        List<String> segments = segments(path);
        if (segments.isEmpty()) {
            return Optional.empty();
        }
        for (Route route : routes.getOrDefault(segments.getFirst(), List.of())) {
            if (route.method().equals(method)) {
                Map<String, String> variables = new LinkedHashMap<>();
                if (matches(route.template(), segments, variables)) {
                    return Optional.of(new Match(route.endpoint(), variables));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean matches(List<String> template, List<String> path, Map<String, String> variables) {
        int more = path.size() - template.size();
        int at = 0;
        for (String part : template) {
            boolean greedy = part.endsWith("...}");
            int length = greedy ? more + 1 : 1;
            if (length < 1 || at + length > path.size()) {
                return false;
            }
            String text = String.join("/", path.subList(at, at + length));
            at += length;
            if (part.startsWith("{")) {
                variables.put(part.substring(1, part.length() - (greedy ? 4 : 1)), text);
            } else if (!part.equals(text)) {
                return false;
            }
        }
        return at == path.size();
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment);
            }
        }
        return segments;
    }
}
