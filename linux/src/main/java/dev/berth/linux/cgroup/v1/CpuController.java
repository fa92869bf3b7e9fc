package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.RareLimits;

/** {@code cpu}: how much processor time, relative to others and at most. */
record CpuController() implements Controller {
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
        limits.cpuShares().ifPresent(shares -> group.write("cpu.shares", Long.toString(shares)));
        // A shorter period under an old quota may be refused where the new pair is not: so no limit in between.
        if (limits.cpuPeriodMicros().isPresent() && group.readNumber("cpu.cfs_quota_us") > 0) {
            group.write("cpu.cfs_quota_us", "-1");
        }
        limits.cpuPeriodMicros().ifPresent(period -> group.write("cpu.cfs_period_us", Long.toString(period)));
        limits.cpuQuotaMicros().ifPresent(quota -> group.write("cpu.cfs_quota_us", Long.toString(quota)));
        if (limits.rare().hasRealTime()) {
            applyRealTime(limits.rare(), group);
        }
    }

    private static void applyRealTime(RareLimits limits, CgroupDirectory group) {
        if (!group.has("cpu.rt_runtime_us")) {
            throw new CgroupException(
                    "cannot limit real-time scheduling: this kernel does not schedule groups in real time");
        }
        limits.realTimePeriodMicros().ifPresent(period -> group.write("cpu.rt_period_us", Long.toString(period)));
        limits.realTimeRuntimeMicros().ifPresent(runtime -> group.write("cpu.rt_runtime_us", Long.toString(runtime)));
    }

    /** The times are those of {@code cpuacct}. */
    CgroupStats.Cpu stats(CgroupDirectory group, CgroupStats.Cpu times) {
        String text = group.readIfThere("cpu.stat").orElse("");
        return new CgroupStats.Cpu(
                times.totalNanos(),
                times.userNanos(),
                times.systemNanos(),
                CgroupDirectory.number(text, "nr_periods"),
                CgroupDirectory.number(text, "nr_throttled"),
                CgroupDirectory.number(text, "throttled_time"));
    }
}
