package dev.berth.api.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A request without its body.
 *
 * @param method in capitals
 * @param path decoded, without the query
 * @param query the query's parameters; one without a value has an empty one
 * @param headers by their names in lower case; of several of a name the first
 * @param http11 whether the client speaks HTTP/1.1, rather than 1.0
 */
public record Request(
        String method, String path, Map<String, List<String>> query, Map<String, String> headers, boolean http11) {

    /**
     * Takes a request target apart.
     *
     * @throws IllegalArgumentException if it is not well-formed
     */
    static Request of(String method, String target, Map<String, String> headers, boolean http11) {
        int schemeEnd = target.indexOf("://");
        String local = target;
        if (schemeEnd > 0 && !target.startsWith("/")) { // the absolute form that proxies use (RFC 9112, section 3.2.2)
            int slash = target.indexOf('/', schemeEnd + 3);
            local = slash < 0 ? "/" : target.substring(slash);
        }
        if (!local.startsWith("/")) {
            throw new IllegalArgumentException("the request target " + target + " is not a path");
        }
        int question = local.indexOf('?');
        String path = question < 0 ? local : local.substring(0, question);
        String query = question < 0 ? "" : local.substring(question + 1);
        return new Request(method, decodePath(path), decodeQuery(query), headers, http11);
    }

    /** The first value of a query parameter. */
    public Optional<String> queryValue(String name) {
        List<String> values = query.get(name);
        return values == null ? Optional.empty() : Optional.of(values.getFirst());
    }

    /** All values of a query parameter, in order. */
    public List<String> queryValues(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** A header field's value. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Whether a header field that is a list of words has this one, in whatever case. */
    boolean headerHasWord(String name, String word) {
        for (String part : header(name).orElse("").split(",")) {
            if (part.strip().equalsIgnoreCase(word)) {
                return true;
            }
        }
        return false;
    }

    private static String decodePath(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Map<String, List<String>> decodeQuery(String query) {
        if (query.isEmpty()) {
            return Map.of();
        }
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            if (!name.isEmpty()) {
                parameters
                        .computeIfAbsent(
                                URLDecoder.decode(name, StandardCharsets.UTF_8), n -> new java.util.ArrayList<>())
                        .add(URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        return parameters;
    }
}
