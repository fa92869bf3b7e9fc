package dev.berth.linux.cgroup;

import java.util.OptionalLong;

/**
 * What few groups are limited in. What is empty is left as it is.
 *
 * @param swappiness how readily the kernel swaps the group's memory out, 0 to 100; v1 only
 * @param realTimePeriodMicros of real-time scheduling; v1 only
 * @param realTimeRuntimeMicros of real-time scheduling in each period; v1 only
 */
public record RareLimits(
        OptionalLong swappiness,
        OptionalLong realTimePeriodMicros,
        OptionalLong realTimeRuntimeMicros,
        BlockIo blockIo) {
    public static final RareLimits NONE =
            new RareLimits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), BlockIo.NONE);

    public boolean hasRealTime() {
        return realTimePeriodMicros.isPresent() || realTimeRuntimeMicros.isPresent();
    }
}
