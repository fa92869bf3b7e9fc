package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/**
 * What happens when a container has ended by itself (Docker's {@code RestartPolicy}).
 *
 * @param name {@code no}, {@code always}, {@code unless-stopped} or {@code on-failure}; empty for the first
 * @param maximumRetryCount for {@code on-failure}: how often at most; zero for ever
 */
@Json
public record RestartPolicy(
        @Json.Property("Name") String name,
        @Json.Property("MaximumRetryCount") int maximumRetryCount) {
    public RestartPolicy {
        name = Absent.text(name, "no");
    }

    public static final RestartPolicy NO = new RestartPolicy("no", 0);
}
