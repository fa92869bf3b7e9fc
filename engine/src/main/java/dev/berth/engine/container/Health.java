package dev.berth.engine.container;

import java.time.Instant;
import java.util.List;

/**
 * What the probes say.
 *
 * @param status {@code starting}, {@code healthy} or {@code unhealthy}
 * @param failingStreak failures since the last success
 * @param log the last probes, the oldest first
 */
public record Health(String status, int failingStreak, List<Probe> log) {
    /** One probe; its output is cut. */
    public record Probe(Instant start, Instant end, int exitCode, String output) {}
}
