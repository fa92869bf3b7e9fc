package dev.berth.engine.container;

import dev.berth.level.Stats;
import java.time.Instant;
import java.util.Optional;

/**
 * What a container uses.
 *
 * @param usage empty where it does not run
 * @param systemCpuNanos what all processors of the host have spent on anything since its boot
 * @param hostMemoryBytes the limit of those without one
 */
public record ContainerStats(
        String id,
        String name,
        Instant read,
        Optional<Stats> usage,
        long systemCpuNanos,
        int onlineCpus,
        long hostMemoryBytes) {}
