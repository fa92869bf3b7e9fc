package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupLimits;

/** {@code cpuset}: on which processors and memory nodes. A group where nothing is written has those of its parent. */
record CpusetController() implements Controller {
    @Override
    public String name() {
        return "cpuset";
    }

    @Override
    public boolean isAskedFor(CgroupLimits limits) {
        return !limits.cpusetCpus().isEmpty() || !limits.cpusetMems().isEmpty();
    }

    @Override
    public void apply(CgroupLimits limits, CgroupDirectory group) {
        if (!limits.cpusetCpus().isEmpty()) {
            group.write("cpuset.cpus", limits.cpusetCpus());
        }
        if (!limits.cpusetMems().isEmpty()) {
            group.write("cpuset.mems", limits.cpusetMems());
        }
    }
}
