package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupPath;
import dev.berth.linux.cgroup.CgroupTree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All hierarchies of a v1 host; on a hybrid one, the v2 hierarchy too, for what it can do without controllers. */
public final class V1Tree implements CgroupTree {
    private final List<Hierarchy> hierarchies;
    private final Optional<Hierarchy> unified;

    public V1Tree(CgroupMounts mounts) {
        hierarchies = mounts.v1().stream()
                .map(mount -> new Hierarchy(mount.controllers(), new CgroupDirectory(mount.directory())))
                .toList();
        unified = mounts.unified().map(mount -> new Hierarchy(Set.of(), new CgroupDirectory(mount.directory())));
    }

    @Override
    public Version version() {
        return Version.V1;
    }

    @Override
    public Cgroup create(String text, CgroupLimits limits) {
        CgroupPath path = CgroupPath.parse(text);
        List<CgroupDirectory> made = new ArrayList<>();
        try {
            for (Hierarchy hierarchy : hierarchies) {
                made.add(hierarchy.make(path));
            }
            unified.ifPresent(hierarchy -> made.add(hierarchy.make(path)));
            V1Cgroup group = group(path);
            group.apply(limits);
            group.allowOnly(limits.devices());
            return group;
        } catch (RuntimeException e) {
            made.forEach(CgroupDirectory::remove);
            throw e;
        }
    }

    @Override
    public Cgroup open(String text) {
        CgroupPath path = CgroupPath.parse(text);
        if (!has(text)) {
            throw new CgroupException("there is no control group " + path);
        }
        return group(path);
    }

    @Override
    public boolean has(String text) {
        CgroupPath path = CgroupPath.parse(text);
        return all().anyMatch(hierarchy -> path.in(hierarchy.root).exists());
    }

    @Override
    public Set<String> children(String text) {
        CgroupPath path = CgroupPath.parse(text);
        return all().flatMap(hierarchy -> path.in(hierarchy.root).children().stream())
                .map(CgroupDirectory::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    private Stream<Hierarchy> all() {
        return Stream.concat(hierarchies.stream(), unified.stream());
    }

    @Override
    public void removeIfEmpty(String text) {
        CgroupPath path = CgroupPath.parse(text);
        hierarchies.forEach(hierarchy -> path.removeUpwards(hierarchy.root));
        unified.ifPresent(hierarchy -> path.removeUpwards(hierarchy.root));
    }

    private V1Cgroup group(CgroupPath path) {
        Map<String, CgroupDirectory> byController = new HashMap<>();
        List<CgroupDirectory> directories = new ArrayList<>();
        for (Hierarchy hierarchy : hierarchies) {
            CgroupDirectory group = path.in(hierarchy.root);
            directories.add(group);
            hierarchy.controllers.forEach(controller -> byController.put(controller, group));
        }
        return new V1Cgroup(
                path.toString(),
                Map.copyOf(byController),
                List.copyOf(directories),
                unified.map(hierarchy -> path.in(hierarchy.root)));
    }

    private record Hierarchy(Set<String> controllers, CgroupDirectory root) {
        CgroupDirectory make(CgroupPath path) {
            CgroupDirectory group = path.make(root, this::makeParent);
            prepare(path);
            return group;
        }

        private void makeParent(CgroupPath path) {
            CgroupDirectory group = path.in(root);
            if (group.makeIfMissing() && controllers.contains(V1Cgroup.CPUSET.name())) {
                prepare(path);
                V1Cgroup.CPUSET.haveChildrenInherit(group);
            }
        }

        private void prepare(CgroupPath path) {
            if (controllers.contains(V1Cgroup.CPUSET.name()) && V1Cgroup.CPUSET.isEmpty(path.in(root))) {
                // another engine has made the parent just now, or died before it had prepared it
                path.parent().ifPresent(this::prepare);
                V1Cgroup.CPUSET.inherit(path.in(root), path.parentIn(root));
            }
        }
    }
}
