package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupLimits;

/** Reads some of the limits and writes them into a group's directory in this controller's hierarchy. */
sealed interface Controller permits BlkioController, CpuController, CpusetController, MemoryController, PidsController {
    /** As the kernel names it. */
    String name();

    /** Whether any of its limits is given. */
    boolean isAskedFor(CgroupLimits limits);

    /** Writes those of its limits that are given, and nothing else: each write costs. */
    void apply(CgroupLimits limits, CgroupDirectory group);
}
