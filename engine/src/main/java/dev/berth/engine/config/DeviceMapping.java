package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/**
 * A device of the host (Docker's {@code DeviceMapping}).
 *
 * @param pathInContainer empty for the same as on the host
 * @param cgroupPermissions some of {@code r}, {@code w}, {@code m}; empty for all
 */
@Json
public record DeviceMapping(
        @Json.Property("PathOnHost") String pathOnHost,
        @Json.Property("PathInContainer") String pathInContainer,
        @Json.Property("CgroupPermissions") String cgroupPermissions) {
    public DeviceMapping {
        pathOnHost = Absent.text(pathOnHost);
        pathInContainer = Absent.text(pathInContainer);
        cgroupPermissions = Absent.text(cgroupPermissions, "rwm");
    }
}
