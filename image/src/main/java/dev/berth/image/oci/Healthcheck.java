package dev.berth.image.oci;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a container's health is probed (Docker's image configuration, "Healthcheck"). A duration of zero and zero
 * retries mean the engine's default.
 *
 * @param test empty to inherit, {@code [NONE]}, {@code [CMD, …]} or {@code [CMD-SHELL, command]}
 */
public record Healthcheck(
        List<String> test,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {
    public Healthcheck {
        test = List.copyOf(test);
    }

    static Healthcheck read(JsonObject json) throws ImageException {
        long retries = json.number("Retries").orElse(0L);
        if (retries < 0 || retries > Integer.MAX_VALUE) {
            throw json.wrong("Retries", "is out of range");
        }
        return new Healthcheck(
                json.stringOrStrings("Test"),
                nanos(json, "Interval"),
                nanos(json, "Timeout"),
                nanos(json, "StartPeriod"),
                nanos(json, "StartInterval"),
                (int) retries);
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        if (!test.isEmpty()) {
            tree.put("Test", test);
        }
        putNanos(tree, "Interval", interval);
        putNanos(tree, "Timeout", timeout);
        putNanos(tree, "StartPeriod", startPeriod);
        putNanos(tree, "StartInterval", startInterval);
        if (retries != 0) {
            tree.put("Retries", retries);
        }
        return tree;
    }

    private static Duration nanos(JsonObject json, String name) throws ImageException {
        return Duration.ofNanos(json.number(name).orElse(0L));
    }

    private static void putNanos(Map<String, Object> tree, String name, Duration duration) {
        if (!duration.isZero()) {
            tree.put(name, duration.toNanos());
        }
    }
}
