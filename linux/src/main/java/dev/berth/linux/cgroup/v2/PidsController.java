package dev.berth.linux.cgroup.v2;

import static dev.berth.linux.cgroup.CgroupDirectory.MAX;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupStats;

/** {@code pids}: how many processes and threads there may be. */
record PidsController() implements Controller {
    @Override
    public String name() {
        return "pids";
    }

    @Override
    public boolean isAskedFor(CgroupLimits limits) {
        return limits.pids().isPresent();
    }

    @Override
    public void apply(CgroupLimits limits, CgroupDirectory group) {
        limits.pids().ifPresent(pids -> group.write("pids.max", pids < 0 ? MAX : Long.toString(pids)));
    }

    CgroupStats.Pids stats(CgroupDirectory group) {
        return new CgroupStats.Pids(group.readNumber("pids.current"), group.readLimit("pids.max"));
    }
}
