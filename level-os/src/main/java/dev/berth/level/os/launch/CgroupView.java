package dev.berth.level.os.launch;

import dev.berth.linux.cgroup.CgroupMounts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How {@code /sys/fs/cgroup} looks in a container.
 *
 * @param unified whether it is one hierarchy, of v2
 * @param hierarchies those of v1
 */
public record CgroupView(boolean unified, List<Hierarchy> hierarchies) {
    /**
     * A hierarchy of v1.
     *
     * @param name its directory's: {@code memory}, {@code cpu,cpuacct}, {@code systemd}
     * @param options how it is mounted: {@code memory}, {@code none,name=systemd}
     * @param aliases the single controllers of a joint hierarchy
     * @param hostDirectory what to bind instead of mounting, without a cgroup namespace
     */
    public record Hierarchy(String name, String options, List<String> aliases, Optional<String> hostDirectory) {}

    /**
     * The view of a container.
     *
     * @param path the container's group
     * @param namespaced whether it has a cgroup namespace of its own
     */
    public static CgroupView of(CgroupMounts mounts, String path, boolean namespaced) {
        List<Hierarchy> hierarchies = new ArrayList<>();
        for (CgroupMounts.V1 v1 : mounts.v1()) {
            String directory = v1.directory().getFileName().toString();
            boolean named = v1.controllers().isEmpty();
            String options = named ? "none,name=" + directory : String.join(",", v1.controllers());
            hierarchies.add(new Hierarchy(
                    directory,
                    options,
                    v1.controllers().size() > 1 ? List.copyOf(v1.controllers()) : List.of(),
                    namespaced ? Optional.empty() : Optional.of(v1.directory() + path)));
        }
        return new CgroupView(
                hierarchies.stream().allMatch(h -> h.options().startsWith("none,")), List.copyOf(hierarchies));
    }
}
