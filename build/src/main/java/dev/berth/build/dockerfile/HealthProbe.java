package dev.berth.build.dockerfile;

import java.time.Duration;

/**
 * How a container is asked whether it is well.
 *
 * @param interval zero for Docker's default, as with the other times
 * @param retries zero for Docker's default
 */
public record HealthProbe(
        CommandLine command,
        Duration interval,
        Duration timeout,
        Duration startPeriod,
        Duration startInterval,
        int retries) {}
