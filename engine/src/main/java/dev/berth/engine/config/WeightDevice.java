package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/** A weight of a block device; named so that it can be refused. */
@Json
public record WeightDevice(
        @Json.Property("Path") String path,
        @Json.Property("Weight") int weight) {
    public WeightDevice {
        path = Absent.text(path);
    }
}
