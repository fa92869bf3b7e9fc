package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/** How a volume is mounted (Docker's {@code VolumeOptions}), of which there are none yet; named so that it can be refused. */
@Json
public record VolumeOptions(
        @Json.Property("NoCopy") boolean noCopy,
        @Json.Property("Subpath") String subpath) {
    public VolumeOptions {
        subpath = Absent.text(subpath);
    }
}
