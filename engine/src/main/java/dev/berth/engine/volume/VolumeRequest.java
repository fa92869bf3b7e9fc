package dev.berth.engine.volume;

import io.avaje.jsonb.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A volume to be made (Docker's {@code VolumeCreateOptions}).
 *
 * @param name empty for an anonymous one
 * @param driver empty for {@code local}, which is the only one
 * @param driverOptions of {@code local}: {@code type}, {@code device}, {@code o}
 * @param clusterSpec of volumes of a cluster; refused by name
 */
@Json
public record VolumeRequest(
        @Json.Property("Name") String name,
        @Json.Property("Driver") String driver,
        @Json.Property("DriverOpts") Optional<Map<String, String>> driverOptions,
        @Json.Property("Labels") Optional<Map<String, String>> labels,
        @Json.Property("ClusterVolumeSpec") Optional<Map<String, Object>> clusterSpec) {
    @SuppressWarnings({"OptionalAssignedToNull", "NullableOptional"}) // what JSON left out
    public VolumeRequest {
        name = name == null ? "" : name;
        driver = driver == null ? "" : driver;
        driverOptions = driverOptions == null ? Optional.empty() : driverOptions.map(VolumeRequest::copy);
        labels = labels == null ? Optional.empty() : labels.map(VolumeRequest::copy);
        clusterSpec = clusterSpec == null ? Optional.empty() : clusterSpec;
    }

    /** A volume as most are: of the driver {@code local}, with nothing said of it; anonymous where the name is empty. */
    public static VolumeRequest named(String name) {
        return new VolumeRequest(name, "", Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static Map<String, String> copy(Map<String, String> map) {
        Map<String, String> copy = new LinkedHashMap<>(map);
        copy.values().removeIf(Objects::isNull);
        return Collections.unmodifiableMap(copy);
    }
}
