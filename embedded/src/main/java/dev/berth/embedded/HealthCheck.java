package dev.berth.embedded;

import java.time.Duration;
import java.util.List;

/**
 * How a container's health is looked at.
 *
 * @param command run in the container; healthy where it ends with 0
 * @param interval between two looks
 * @param timeout after which a look has failed
 * @param retries so many failures in a row mean unhealthy
 * @param startPeriod in which failures do not count
 */
public record HealthCheck(
        List<String> command, Duration interval, Duration timeout, int retries, Duration startPeriod) {
    public HealthCheck {
        command = List.copyOf(command);
    }

    /** A look each half second, of which each may take ten; three failures mean unhealthy. */
    public static HealthCheck of(String... command) {
        return new HealthCheck(List.of(command), Duration.ofMillis(500), Duration.ofSeconds(10), 3, Duration.ZERO);
    }

    /** The same at another interval. */
    public HealthCheck every(Duration other) {
        return new HealthCheck(command, other, timeout, retries, startPeriod);
    }
}
