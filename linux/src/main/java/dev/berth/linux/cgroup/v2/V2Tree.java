package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupPath;
import dev.berth.linux.cgroup.CgroupTree;
import java.util.Set;
import java.util.stream.Collectors;

/** The one hierarchy of a v2 host. */
public final class V2Tree implements CgroupTree {
    private final CgroupDirectory root;
    private final SubtreeControl control;

    public V2Tree(CgroupMounts.Unified unified) {
        root = new CgroupDirectory(unified.directory());
        control = new SubtreeControl(root, new CgroupDirectory(unified.own()));
    }

    @Override
    public Version version() {
        return Version.V2;
    }

    @Override
    public Cgroup create(String text, CgroupLimits limits) {
        CgroupPath path = CgroupPath.parse(text);
        CgroupDirectory group = path.make(root, control::makeParent);
        try {
            path.parent().ifPresent(control::handOnAlong);
            V2Cgroup cgroup = new V2Cgroup(path.toString(), group);
            cgroup.apply(limits);
            if (!limits.devices().isEmpty()) {
                new DevicesController().allowOnly(limits.devices(), group);
            }
            return cgroup;
        } catch (RuntimeException e) {
            group.remove();
            throw e;
        }
    }

    @Override
    public Cgroup open(String text) {
        CgroupPath path = CgroupPath.parse(text);
        CgroupDirectory group = path.in(root);
        if (!group.exists()) {
            throw new CgroupException("there is no control group " + path);
        }
        return new V2Cgroup(path.toString(), group);
    }

    @Override
    public boolean has(String text) {
        return CgroupPath.parse(text).in(root).exists();
    }

    @Override
    public Set<String> children(String text) {
        return CgroupPath.parse(text).in(root).children().stream()
                .map(CgroupDirectory::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void removeIfEmpty(String text) {
        CgroupPath.parse(text).removeUpwards(root);
    }
}
