package dev.berth.engine.container;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;

/**
 * What the probes say.
 *
 * @param status {@code starting}, {@code healthy} or {@code unhealthy}
 * @param failingStreak failures since the last success
 * @param log the last probes, the oldest first
 */
@Json
public record Health(String status, int failingStreak, List<Probe> log) {
    /** One probe; its output is cut. */
    @Json
    public record Probe(Instant start, Instant end, int exitCode, String output) {}
}
