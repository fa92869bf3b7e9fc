package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/** How a bind mount is made (Docker's {@code BindOptions}). */
@Json
public record BindOptions(
        @Json.Property("Propagation") String propagation,
        @Json.Property("NonRecursive") boolean nonRecursive,
        @Json.Property("CreateMountpoint") boolean createMountpoint,
        @Json.Property("ReadOnlyNonRecursive") boolean readOnlyNonRecursive,
        @Json.Property("ReadOnlyForceRecursive") boolean readOnlyForceRecursive) {
    public BindOptions {
        propagation = Absent.text(propagation);
    }
}
