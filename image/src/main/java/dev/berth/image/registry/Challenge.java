package dev.berth.image.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A demand for credentials: one challenge of a {@code WWW-Authenticate} header (RFC 9110, section 11.6.1).
 *
 * @param scheme in lower case: {@code bearer}, {@code basic}
 * @param parameters by their names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    Challenge {
        parameters = Map.copyOf(parameters);
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** Reads the headers' challenges. What follows something malformed is left out. */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> challenges = new ArrayList<>();
        for (String header : headers) {
            if (header.length() <= RegistryLimits.CHALLENGE_CHARS) {
                new Parser(header).read(challenges);
            }
        }
        return challenges;
    }

    /** Walks over one header. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        void read(List<Challenge> challenges) {
            skip(" \t,");
            while (at < text.length()) {
                String scheme = token().toLowerCase(Locale.ROOT);
                if (scheme.isEmpty()) {
                    return;
                }
                challenges.add(new Challenge(scheme, parameters()));
                skip(" \t,");
            }
        }

        private Map<String, String> parameters() {
            Map<String, String> parameters = new LinkedHashMap<>();
            while (true) {
                skip(" \t,");
                int start = at;
                String name = token().toLowerCase(Locale.ROOT);
                skip(" \t");
                if (name.isEmpty() || at == text.length() || text.charAt(at) != '=') {
                    at = start; // the next challenge's scheme, or the end
                    return parameters;
                }
                at++;
                skip(" \t");
                parameters.putIfAbsent(name, at < text.length() && text.charAt(at) == '"' ? quoted() : token());
            }
        }

        private String token() {
            int start = at;
            while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private String quoted() {
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at = Math.min(at + 1, text.length());
            return value.toString();
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
