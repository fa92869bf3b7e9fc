package dev.berth.linux.cgroup;

import java.util.List;
import java.util.OptionalLong;

/**
 * Limits on a group. What is empty is left as it is: on a new group, no limit.
 *
 * @param memoryBytes a hard limit; -1 for none
 * @param memorySwapBytes a hard limit on memory and swap together, at least {@code memoryBytes}; -1 for none
 * @param memoryReservationBytes what the group is left with when memory is short; -1 for none
 * @param cpuShares a weight relative to other groups', 2 to 262144; 1024 is the default
 * @param cpuQuotaMicros run time in each period; -1 for no limit
 * @param cpuPeriodMicros the period's length, 1000 to 1000000; 100000 is the default
 * @param cpusetCpus processors as a list, {@code 0-2,4}; or an empty string
 * @param cpusetMems memory nodes as a list; or an empty string
 * @param pids how many processes and threads; -1 for no limit
 * @param oomKillDisable whether processes wait instead of being killed when memory is used up; v1 only
 * @param rare what few groups are limited in
 * @param devices which devices may be used, and no others; empty for all. Set when the group is made and never after.
 */
public record CgroupLimits(
        OptionalLong memoryBytes,
        OptionalLong memorySwapBytes,
        OptionalLong memoryReservationBytes,
        OptionalLong cpuShares,
        OptionalLong cpuQuotaMicros,
        OptionalLong cpuPeriodMicros,
        String cpusetCpus,
        String cpusetMems,
        OptionalLong pids,
        boolean oomKillDisable,
        RareLimits rare,
        List<DeviceRule> devices) {

    /** No limit at all. */
    public static final CgroupLimits NONE = new CgroupLimits(
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            "",
            "",
            OptionalLong.empty(),
            false,
            RareLimits.NONE,
            List.of());

    /**
     * @throws IllegalArgumentException when a number is out of its range; the message is a sentence for the user
     */
    public CgroupLimits {
        devices = List.copyOf(devices);
        if (memorySwapBytes.isPresent() && memorySwapBytes.getAsLong() != -1) {
            long memory = memoryBytes.orElseThrow(
                    () -> new IllegalArgumentException("a limit on memory and swap needs a limit on memory"));
            if (memorySwapBytes.getAsLong() < memory) {
                throw new IllegalArgumentException(
                        "the limit on memory and swap together (" + memorySwapBytes.getAsLong()
                                + " bytes) is smaller than that on memory (" + memory + " bytes)");
            }
        }
        atLeast(memoryBytes, -1, "the memory limit");
        atLeast(memoryReservationBytes, -1, "the memory reservation");
        atLeast(cpuShares, 0, "the CPU shares");
        atLeast(cpuQuotaMicros, -1, "the CPU quota");
        atLeast(cpuPeriodMicros, 0, "the CPU period");
        atLeast(pids, -1, "the limit on processes");
    }

    /** Limits without the rare ones. */
    public CgroupLimits(
            OptionalLong memoryBytes,
            OptionalLong memorySwapBytes,
            OptionalLong memoryReservationBytes,
            OptionalLong cpuShares,
            OptionalLong cpuQuotaMicros,
            OptionalLong cpuPeriodMicros,
            String cpusetCpus,
            String cpusetMems,
            OptionalLong pids,
            boolean oomKillDisable,
            List<DeviceRule> devices) {
        this(
                memoryBytes,
                memorySwapBytes,
                memoryReservationBytes,
                cpuShares,
                cpuQuotaMicros,
                cpuPeriodMicros,
                cpusetCpus,
                cpusetMems,
                pids,
                oomKillDisable,
                RareLimits.NONE,
                devices);
    }

    private static void atLeast(OptionalLong value, long least, String what) {
        if (value.isPresent() && value.getAsLong() < least) {
            throw new IllegalArgumentException(what + " cannot be " + value.getAsLong());
        }
    }

    /** The same limits with these devices. */
    public CgroupLimits withDevices(List<DeviceRule> allowed) {
        return new CgroupLimits(
                memoryBytes,
                memorySwapBytes,
                memoryReservationBytes,
                cpuShares,
                cpuQuotaMicros,
                cpuPeriodMicros,
                cpusetCpus,
                cpusetMems,
                pids,
                oomKillDisable,
                rare,
                allowed);
    }
}
