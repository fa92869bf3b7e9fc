package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * How a container's health is probed (Docker's {@code HealthConfig}). Durations are in nanoseconds; zero, of retries
 * too, means the default: 30 s, 30 s, none, 5 s and 3.
 *
 * @param test empty to inherit the image's, {@code [NONE]}, {@code [CMD, …]} or {@code [CMD-SHELL, command]}
 */
@Json
public record HealthConfig(
        @Json.Property("Test") @Json.Serializer(StringOrStrings.class)
        List<String> test,

        @Json.Property("Interval") long interval,
        @Json.Property("Timeout") long timeout,
        @Json.Property("StartPeriod") long startPeriod,
        @Json.Property("StartInterval") long startInterval,
        @Json.Property("Retries") int retries) {
    public HealthConfig {
        test = Absent.list(test);
    }
}
