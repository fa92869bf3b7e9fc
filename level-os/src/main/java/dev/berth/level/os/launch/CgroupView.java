package dev.berth.level.os.launch;

import dev.berth.linux.cgroup.CgroupMounts;
import java.util.ArrayList;
import java.util.List;

/**
 * How {@code /sys/fs/cgroup} looks in a container.
 *
 * @param unified whether it is one hierarchy, of v2
 * @param hierarchies those of v1
 */
public record CgroupView(boolean unified, List<Hierarchy> hierarchies) {
    /**
     * A hierarchy of v1. It is bound, although a container with a cgroup namespace could mount it: that looks the same, but
     * the kernel goes through all groups of all containers for each such mount.
     *
     * @param name its directory's: {@code memory}, {@code cpu,cpuacct}, {@code systemd}
     * @param aliases the single controllers of a joint hierarchy
     * @param hostDirectory the container's group
     */
    public record Hierarchy(String name, List<String> aliases, String hostDirectory) {}

    /**
     * The view of a container.
     *
     * @param path the container's group
     */
    public static CgroupView of(CgroupMounts mounts, String path) {
        List<Hierarchy> hierarchies = new ArrayList<>();
        for (CgroupMounts.V1 v1 : mounts.v1()) {
            hierarchies.add(new Hierarchy(
                    v1.directory().getFileName().toString(),
                    v1.controllers().size() > 1 ? List.copyOf(v1.controllers()) : List.of(),
                    v1.directory() + path));
        }
        boolean unified = mounts.unified().isPresent()
                && mounts.v1().stream().allMatch(v1 -> v1.controllers().isEmpty());
        return new CgroupView(unified, List.copyOf(hierarchies));
    }
}
