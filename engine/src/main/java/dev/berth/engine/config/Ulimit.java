package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/** A resource limit of every process (setrlimit(2)); -1 is unlimited. */
@Json
public record Ulimit(
        @Json.Property("Name") String name,
        @Json.Property("Soft") long soft,
        @Json.Property("Hard") long hard) {
    public Ulimit {
        name = Absent.text(name);
    }
}
