package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/** A port of the host (Docker's {@code PortBinding}). */
@Json
public record PortBinding(
        @Json.Property("HostIp") String hostIp,
        @Json.Property("HostPort") String hostPort) {
    public PortBinding {
        hostIp = Absent.text(hostIp);
        hostPort = Absent.text(hostPort);
    }
}
