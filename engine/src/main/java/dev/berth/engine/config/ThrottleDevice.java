package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/** A rate of a block device; named so that it can be refused. */
@Json
public record ThrottleDevice(
        @Json.Property("Path") String path,
        @Json.Property("Rate") long rate) {
    public ThrottleDevice {
        path = Absent.text(path);
    }
}
