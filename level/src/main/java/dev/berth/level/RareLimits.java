package dev.berth.level;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Limits that few sandboxes have. What is empty was not set. Devices are named by their nodes' absolute paths on the
 * host.
 *
 * @param swappiness how readily memory is swapped out, 0 to 100; cgroup v1 only
 * @param realTimePeriodMicros of real-time scheduling; cgroup v1 only
 * @param realTimeRuntimeMicros of real-time scheduling in each period; cgroup v1 only
 * @param blockWeight a share of block devices, relative to others', 10 to 1000
 * @param blockWeights the same for single devices
 * @param blockRates limits a second
 */
public record RareLimits(
        OptionalLong swappiness,
        OptionalLong realTimePeriodMicros,
        OptionalLong realTimeRuntimeMicros,
        OptionalInt blockWeight,
        List<BlockWeight> blockWeights,
        List<BlockRate> blockRates) {
    public static final RareLimits NONE = new RareLimits(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalInt.empty(),
            List.of(),
            List.of());

    /** A block device's share. */
    public record BlockWeight(String hostPath, int weight) {}

    /** How much of what a block device may do in a second. */
    public record BlockRate(Kind kind, String hostPath, long perSecond) {
        /** What is counted. */
        public enum Kind {
            READ_BYTES,
            WRITE_BYTES,
            READ_OPERATIONS,
            WRITE_OPERATIONS
        }
    }
}
