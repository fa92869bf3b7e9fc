package dev.berth.level;

import java.util.List;
import java.util.OptionalLong;

/**
 * What a sandbox uses. Times are totals since its start.
 *
 * @param memoryLimitBytes empty where there is no limit
 */
public record Stats(
        long cpuTotalNanos,
        long cpuUserNanos,
        long cpuSystemNanos,
        long throttledPeriods,
        long memoryBytes,
        long memoryPeakBytes,
        long memoryInactiveFileBytes,
        OptionalLong memoryLimitBytes,
        long pids,
        OptionalLong pidsLimit,
        List<DeviceTransfers> transfers) {
    public Stats {
        transfers = List.copyOf(transfers);
    }

    /** What went from and to one block device since the sandbox's start. */
    public record DeviceTransfers(int major, int minor, long readBytes, long writtenBytes) {}
}
