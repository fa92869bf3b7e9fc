package dev.berth.level;

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
        OptionalLong pidsLimit) {}
