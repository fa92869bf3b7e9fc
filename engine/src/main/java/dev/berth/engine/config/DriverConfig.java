package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.Map;

/** Which driver makes a volume, and how (Docker's {@code DriverConfig} of a mount). */
@Json
public record DriverConfig(
        @Json.Property("Name") String name,
        @Json.Property("Options") Map<String, String> options) {
    public DriverConfig {
        name = Absent.text(name);
        options = Absent.map(options);
    }
}
