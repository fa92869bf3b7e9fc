package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.Map;

/** The networks a container is to be in (Docker's {@code NetworkingConfig}). */
@Json
public record NetworkingConfig(
        @Json.Property("EndpointsConfig") Map<String, EndpointConfig> endpointsConfig) {
    public NetworkingConfig {
        endpointsConfig = Absent.map(endpointsConfig);
    }

    public static final NetworkingConfig NONE = new NetworkingConfig(Map.of());
}
