package dev.berth.level;

import java.util.List;
import java.util.OptionalLong;

/**
 * Limits on a sandbox. An empty optional or string means that none was set.
 *
 * @param memoryBytes a hard limit
 * @param memorySwapBytes a hard limit on memory and swap together; -1 for none
 * @param memoryReservationBytes a soft limit
 * @param cpuShares a relative weight, 2 to 262144, 1024 being the default
 * @param cpuQuotaMicros run time in each period
 * @param cpuPeriodMicros the period's length
 * @param cpusetCpus processors as a list, {@code 0-2,4}
 * @param cpusetMems memory nodes as a list
 * @param pids how many processes and threads; -1 for no limit
 * @param oomKillDisable cgroup v1 only
 * @param oomScoreAdj -1000 to 1000
 * @param rare what few sandboxes are limited in
 * @param rlimits resource limits of every process
 */
public record Resources(
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
        int oomScoreAdj,
        RareLimits rare,
        List<Rlimit> rlimits) {

    public static final Resources UNLIMITED = new Resources(
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
            0,
            RareLimits.NONE,
            List.of());

    /** Limits without the rare ones. */
    public Resources(
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
            int oomScoreAdj,
            List<Rlimit> rlimits) {
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
                oomScoreAdj,
                RareLimits.NONE,
                rlimits);
    }

    /** A limit of setrlimit(2); the name is its lower-case one without prefix, {@code nofile}; -1 is unlimited. */
    public record Rlimit(String name, long soft, long hard) {}
}
