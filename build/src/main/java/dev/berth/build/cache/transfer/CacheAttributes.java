package dev.berth.build.cache.transfer;

import dev.berth.build.BuildException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What stands behind {@code --cache-from} and {@code --cache-to}: {@code type=registry,ref=…}. */
public final class CacheAttributes {
    private final String text;
    private final Map<String, String> values;

    private CacheAttributes(String text, Map<String, String> values) {
        this.text = text;
        this.values = values;
    }

    /** Those that a client has taken apart itself. */
    public static CacheAttributes of(Map<String, String> values) {
        String text = values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .collect(Collectors.joining(","));
        return new CacheAttributes(text, new LinkedHashMap<>(values));
    }

    /** @throws BuildException INVALID where it is something else */
    public static CacheAttributes parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String field : text.split(",")) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw BuildException.invalid(
                        "invalid value " + field + " of the cache \"" + text + "\": it is to be of the form key=value");
            }
            values.put(field.substring(0, equals), field.substring(equals + 1));
        }
        return new CacheAttributes(text, values);
    }

    String type() {
        return required("type");
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    String required(String name) {
        return get(name).orElseThrow(() -> BuildException.invalid("the cache \"" + text + "\" has no " + name + "="));
    }

    boolean flag(String name) {
        return switch (get(name).orElse("false")) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw wrong(name, "is neither true nor false");
        };
    }

    /** That there are none but these. */
    void only(Set<String> known) {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw BuildException.invalid(
                        "the cache \"" + text + "\" has " + name + "=, which this builder does not know");
            }
        }
    }

    BuildException wrong(String name, String reason) {
        return BuildException.invalid(
                "the cache \"" + text + "\": " + name + "=" + get(name).orElse("") + " " + reason);
    }
}
