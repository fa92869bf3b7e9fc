package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupLimits;

/** {@code cpuset}: on which processors and memory nodes. */
record CpusetController() implements Controller {
    private static final String CPUS = "cpuset.cpus";
    private static final String MEMS = "cpuset.mems";

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
            group.write(CPUS, limits.cpusetCpus());
        }
        if (!limits.cpusetMems().isEmpty()) {
            group.write(MEMS, limits.cpusetMems());
        }
    }

    /**
     * Gives a group that was just made what its parent has: with nothing in these files it lets no process in. A
     * parent of ours has told the kernel to do that for its children ({@link #haveChildrenInherit}), so that there is only
     * something to read.
     */
    void inherit(CgroupDirectory group, CgroupDirectory parent) {
        for (String file : new String[] {CPUS, MEMS}) {
            if (group.read(file).isEmpty()) {
                group.write(file, parent.read(file));
            }
        }
    }

    /** Whether it lets no process in yet. */
    boolean isEmpty(CgroupDirectory group) {
        return group.read(CPUS).isEmpty() || group.read(MEMS).isEmpty();
    }

    void haveChildrenInherit(CgroupDirectory group) {
        group.write("cgroup.clone_children", "1");
    }
}
