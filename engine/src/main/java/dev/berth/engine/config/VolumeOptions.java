package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.Map;
import java.util.Optional;

/**
 * How a volume is mounted, and made where it is missing (Docker's {@code VolumeOptions}).
 *
 * @param noCopy whether a new one stays empty where the image has files
 * @param subpath what is mounted of it, a relative path; empty for all
 */
@Json
public record VolumeOptions(
        @Json.Property("NoCopy") boolean noCopy,
        @Json.Property("Labels") Map<String, String> labels,
        @Json.Property("DriverConfig") Optional<DriverConfig> driverConfig,
        @Json.Property("Subpath") String subpath) {
    public static final VolumeOptions NONE = new VolumeOptions(false, Map.of(), Optional.empty(), "");

    public VolumeOptions {
        labels = Absent.map(labels);
        driverConfig = Absent.optional(driverConfig);
        subpath = Absent.text(subpath);
    }
}
