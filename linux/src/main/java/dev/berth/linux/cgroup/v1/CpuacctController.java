package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupStats;

/** {@code cpuacct}: how much processor time was used. It has no limits. */
record CpuacctController() {
    static final String NAME = "cpuacct";

    CgroupStats.Cpu stats(CgroupDirectory group) {
        return new CgroupStats.Cpu(
                group.readNumber("cpuacct.usage"),
                group.readNumber("cpuacct.usage_user"),
                group.readNumber("cpuacct.usage_sys"),
                0,
                0,
                0);
    }
}
