package dev.berth.linux.cgroup.v2;

import static dev.berth.linux.cgroup.CgroupDirectory.MAX;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;

/** {@code cpu}: how much processor time, relative to others and at most, and how much was used. */
record CpuController() implements Controller {
    private static final long LEAST_SHARES = 2;
    private static final long MOST_SHARES = 1 << 18;
    private static final long LEAST_WEIGHT = 1;
    private static final long MOST_WEIGHT = 10_000;

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public boolean isAskedFor(CgroupLimits limits) {
        return limits.cpuShares().isPresent()
                || limits.cpuQuotaMicros().isPresent()
                || limits.cpuPeriodMicros().isPresent()
                || limits.rare().hasRealTime();
    }

    @Override
    public void apply(CgroupLimits limits, CgroupDirectory group) {
        if (limits.rare().hasRealTime()) {
            throw new CgroupException("cannot limit real-time scheduling: control groups of version 2 cannot do that");
        }
        limits.cpuShares().ifPresent(shares -> group.write("cpu.weight", Long.toString(weight(shares))));
        if (limits.cpuQuotaMicros().isPresent() || limits.cpuPeriodMicros().isPresent()) {
            group.write("cpu.max", max(limits, group));
        }
    }

    /** {@code QUOTA PERIOD}. The kernel keeps the period when it is left out, but not the quota. */
    private static String max(CgroupLimits limits, CgroupDirectory group) {
        String quota = limits.cpuQuotaMicros().isPresent()
                ? limit(limits.cpuQuotaMicros().getAsLong())
                : group.read("cpu.max").split(" ", -1)[0];
        return limits.cpuPeriodMicros().isPresent()
                ? quota + " " + limits.cpuPeriodMicros().getAsLong()
                : quota;
    }

    private static String limit(long quota) {
        return quota <= 0 ? MAX : Long.toString(quota);
    }

    /**
     * The weight that stands to the default of 100 about as the shares stand to theirs of 1024. A straight line
     * through the ends of both ranges would make 39 of 1024, so runc bends it: ten to the power of a parabola in the
     * shares' binary logarithm that goes through both ends and the defaults.
     */
    static long weight(long shares) {
        if (shares <= LEAST_SHARES) {
            return LEAST_WEIGHT;
        }
        if (shares >= MOST_SHARES) {
            return MOST_WEIGHT;
        }
        double log = Math.log((double) shares) / Math.log(2);
        double exponent = (log * log + 125 * log) / 612.0 - 7.0 / 34.0;
        return (long) Math.ceil(Math.pow(10, exponent));
    }

    CgroupStats.Cpu stats(CgroupDirectory group) {
        String text = group.readIfThere("cpu.stat").orElse("");
        return new CgroupStats.Cpu(
                nanos(text, "usage_usec"),
                nanos(text, "user_usec"),
                nanos(text, "system_usec"),
                CgroupDirectory.number(text, "nr_periods"),
                CgroupDirectory.number(text, "nr_throttled"),
                nanos(text, "throttled_usec"));
    }

    private static long nanos(String text, String key) {
        return 1000 * CgroupDirectory.number(text, key);
    }
}
