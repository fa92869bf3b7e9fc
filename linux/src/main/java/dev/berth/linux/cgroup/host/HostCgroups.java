package dev.berth.linux.cgroup.host;

import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupTree;
import dev.berth.linux.cgroup.none.NoCgroups;
import dev.berth.linux.cgroup.v1.V1Tree;
import dev.berth.linux.cgroup.v2.V2Tree;
import dev.berth.linux.namespace.UserNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

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

    /** The tree over these mounts: of none where this is a user namespace that has been given none. */
    public static CgroupTree of(CgroupMounts mounts) {
        if (!UserNamespace.own().initial() && !mayMakeGroups(mounts)) {
            return new NoCgroups();
        }
        if (mounts.v1().stream().anyMatch(hierarchy -> !hierarchy.controllers().isEmpty())) {
            return new V1Tree(mounts);
        }
        return mounts.unified()
                .map(V2Tree::new)
                .orElseThrow(() -> new CgroupException("no control groups are mounted; mount them, for instance with:"
                        + " mount -t cgroup2 cgroup2 /sys/fs/cgroup"));
    }

    private static boolean mayMakeGroups(CgroupMounts mounts) {
        return Stream.concat(
                        mounts.v1().stream().map(CgroupMounts.V1::directory),
                        mounts.unified().map(CgroupMounts.Unified::directory).stream())
                .allMatch(Files::isWritable);
    }
}
