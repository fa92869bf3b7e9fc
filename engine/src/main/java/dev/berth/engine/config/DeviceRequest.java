package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;

/** A device asked for by what it can do; named so that it can be refused. */
@Json
public record DeviceRequest(
        @Json.Property("Driver") String driver,
        @Json.Property("Count") int count,

        @Json.Property("DeviceIDs") @Json.Serializer(StringOrStrings.class)
        List<String> deviceIDs) {
    public DeviceRequest {
        driver = Absent.text(driver);
        deviceIDs = Absent.list(deviceIDs);
    }
}
