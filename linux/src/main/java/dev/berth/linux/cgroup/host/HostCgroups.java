package dev.berth.linux.cgroup.host;

import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupTree;
import dev.berth.linux.cgroup.v1.V1Tree;
import dev.berth.linux.cgroup.v2.V2Tree;
import java.nio.file.Path;

/** Finds a host's control groups. */
public final class HostCgroups {
    private HostCgroups() {}

    /**
     * The tree of this host, of v1 wherever a controller is bound to it.
     *
     * @throws CgroupException when no control groups are mounted
     */
    public static CgroupTree find() {
        return of(CgroupMounts.read(Path.of("/proc/self")));
    }

    /** The tree over these mounts. */
    public static CgroupTree of(CgroupMounts mounts) {
        if (mounts.v1().stream().anyMatch(hierarchy -> !hierarchy.controllers().isEmpty())) {
            return new V1Tree(mounts);
        }
        return mounts.unified()
                .map(V2Tree::new)
                .orElseThrow(() -> new CgroupException("no control groups are mounted; mount them, for instance with:"
                        + " mount -t cgroup2 cgroup2 /sys/fs/cgroup"));
    }
}
