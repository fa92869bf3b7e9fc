package dev.berth.level.os.launch;

import dev.berth.level.os.oci.RuntimeConfig.Mount;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.DetachedMount;
import dev.berth.linux.launch.Calls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The mounts of a container that are file systems of the user's choice, mounted nowhere yet. They are made by the engine and
 * not by the container's program: what speaks with a server does so in the network of who makes it, and that is the host's.
 */
public final class OwnFileSystems implements AutoCloseable {
    /** What the container's program mounts: it is of the container's namespaces, or in memory. */
    private static final Set<String> OF_CONTAINERS =
            Set.of("bind", "proc", "sysfs", "mqueue", "devpts", "cgroup", "cgroup2", "tmpfs");

    /** In the order of the mounts. */
    private final List<Optional<Fd>> made = new ArrayList<>();

    private OwnFileSystems() {}

    /**
     * Makes them.
     *
     * @throws LinuxException where one cannot be had; none is left then
     */
    public static OwnFileSystems make(List<Mount> mounts) {
        OwnFileSystems own = new OwnFileSystems();
        try {
            for (Mount mount : mounts) {
                String type = Objects.requireNonNullElse(mount.type(), "bind");
                own.made.add(OF_CONTAINERS.contains(type) ? Optional.empty() : make(type, mount));
            }
            return own;
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    private static Optional<Fd> make(String type, Mount mount) {
        MountOptions options = MountOptions.parse(mount.options());
        if (options.bind() || options.remount()) {
            return Optional.empty();
        }
        String source = Objects.requireNonNullElse(mount.source(), type);
        List<String> own = new ArrayList<>(Arrays.stream(options.data().split(","))
                .filter(option -> !option.isEmpty())
                .toList());
        if ((options.flags() & Calls.MS_RDONLY) != 0) {
            own.add("ro");
        }
        return Optional.of(DetachedMount.make(
                type, source, own, attributes(options), "mount " + type + " " + source + " on " + mount.destination()));
    }

    private static int attributes(MountOptions options) {
        int attributes = (int) (options.flags() & RootSteps.ATTRIBUTE_FLAGS);
        if ((options.flags() & Calls.MS_STRICTATIME) != 0) {
            attributes |= DetachedMount.STRICTATIME;
        }
        if ((options.flags() & Calls.MS_NOATIME) != 0) {
            attributes |= DetachedMount.NOATIME;
        }
        if ((options.flags() & Calls.MS_NODIRATIME) != 0) {
            attributes |= DetachedMount.NODIRATIME;
        }
        return attributes;
    }

    /** The one that is the mount of this number, among all that the container has. */
    Optional<Fd> at(int index) {
        return made.get(index);
    }

    /** Ends those that have not been moved into a container. */
    @Override
    public void close() {
        made.forEach(one -> one.ifPresent(Fd::close));
    }
}
