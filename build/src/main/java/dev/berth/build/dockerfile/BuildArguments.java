package dev.berth.build.dockerfile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
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

    /** Those that no ARG takes and that mean nothing by themselves, sorted. */
    List<String> unused(Set<String> taken) {
        return values.keySet().stream()
                .filter(key -> !taken.contains(key) && !isPredefined(key))
                .sorted()
                .toList();
    }

    private static boolean isPredefined(String key) {
        return PROXIES.contains(key.toUpperCase(Locale.ROOT))
                || key.startsWith("BUILDKIT_")
                || key.equals("SOURCE_DATE_EPOCH")
                || BuildPlatforms.isVariable(key);
    }
}
