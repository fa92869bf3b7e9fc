package dev.berth.linux.cgroup.none;

import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupPath;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.cgroup.CgroupTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * No control groups. A group can be made when it is to limit nothing, and holds no process; that devices cannot be used that
 * are not allowed is the affair of their files' permissions.
 */
public final class NoCgroups implements CgroupTree {
    private static final String NONE = "there are no control groups that this user may change";

    /** What would limit nothing but devices. */
    private static boolean isUnlimited(CgroupLimits limits) {
        return limits.withDevices(List.of()).equals(CgroupLimits.NONE);
    }

    @Override
    public Version version() {
        return Version.V2;
    }

    @Override
    public Cgroup create(String path, CgroupLimits limits) {
        Group group = new Group(CgroupPath.parse(path).toString());
        group.apply(limits);
        return group;
    }

    @Override
    public Cgroup open(String path) {
        throw new CgroupException("cannot open the control group " + path + ": " + NONE);
    }

    @Override
    public boolean has(String path) {
        return false;
    }

    @Override
    public Set<String> children(String path) {
        return Set.of();
    }

    @Override
    public void removeIfEmpty(String path) {
        // there is none
    }

    private record Group(String path) implements Cgroup {
        @Override
        public List<Path> entryFiles() {
            return List.of();
        }

        @Override
        public Optional<Path> cloneInto() {
            return Optional.empty();
        }

        @Override
        public void apply(CgroupLimits limits) {
            if (!isUnlimited(limits)) {
                throw new CgroupException(
                        "cannot limit memory, processors, processes or transfers of a container: " + NONE);
            }
        }

        @Override
        public CgroupStats stats() {
            return new CgroupStats(
                    CgroupStats.Cpu.NONE, CgroupStats.Memory.NONE, CgroupStats.Pids.NONE, CgroupStats.Io.NONE);
        }

        @Override
        public long oomKills() {
            return 0;
        }

        @Override
        public void freeze() {
            throw new CgroupException("cannot pause a container: " + NONE);
        }

        @Override
        public void thaw() {
            throw new CgroupException("cannot resume a container: " + NONE);
        }

        @Override
        public List<Integer> pids() {
            throw new CgroupException("cannot tell a container's processes: " + NONE);
        }

        /** The end of a PID namespace's first process is the end of all. */
        @Override
        public void killAll() {
            // no process is in it
        }

        @Override
        public void close() {
            // there is nothing to remove
        }
    }
}
