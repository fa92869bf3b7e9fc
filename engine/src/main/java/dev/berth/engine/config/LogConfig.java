package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.Map;

/**
 * Where a container's output is kept (Docker's {@code LogConfig}).
 *
 * @param type {@code json-file} or {@code none}; empty for the first
 * @param config the driver's options: {@code max-size}, {@code max-file}
 */
@Json
public record LogConfig(
        @Json.Property("Type") String type,
        @Json.Property("Config") Map<String, String> config) {
    public LogConfig {
        type = Absent.text(type, "json-file");
        config = Absent.map(config);
    }
}
