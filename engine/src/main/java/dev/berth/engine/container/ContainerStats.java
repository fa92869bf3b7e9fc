package dev.berth.engine.container;

import dev.berth.engine.network.InterfaceTraffic;
import dev.berth.level.Stats;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a container uses.
 *
 * @param usage empty where it does not run
 * @param networks by the interfaces' names in the container; none where its network is the host's, or nothing
 * @param systemCpuNanos what all processors of the host have spent on anything since its boot
 * @param hostMemoryBytes the limit of those without one
 */
public record ContainerStats(
        String id,
        String name,
        Instant read,
        Optional<Stats> usage,
        Map<String, InterfaceTraffic> networks,
        long systemCpuNanos,
        int onlineCpus,
        long hostMemoryBytes) {}
