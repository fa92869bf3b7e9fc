package dev.berth.build.dockerfile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code --build-arg} gives.
 *
 * @param values by their names, in the order given
 */
public record BuildArguments(Map<String, String> values) {
    private static final List<String> PROXIES =
            List.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

    public static final BuildArguments NONE = new BuildArguments(Map.of());

    public BuildArguments {
        values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /**
     * The proxies among them: every RUN has these without any ARG, in capitals and in small letters, and they are no part of
     * what it is cached by.
     */
    public Map<String, String> proxies() {
        Map<String, String> proxies = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            String capitals = key.toUpperCase(Locale.ROOT);
            if (PROXIES.contains(capitals)) {
                proxies.put(capitals, value);
                proxies.put(capitals.toLowerCase(Locale.ROOT), value);
            }
        });
        return proxies;
    }
}
