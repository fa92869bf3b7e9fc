package dev.berth.level.os.host;

import dev.berth.level.LevelException;
import dev.berth.level.Security;
import dev.berth.level.os.oci.RuntimeConfig.Device;
import dev.berth.level.os.oci.RuntimeConfig.DeviceRule;
import dev.berth.level.os.oci.RuntimeConfig.Mount;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The device nodes of a container beyond those that every container has, and what its control group lets it do with
 * them.
 *
 * @param nodes nodes to make
 * @param mounts nodes of the host's to bind, in place of those that only the host's root may make
 * @param rules rules beyond those every container has
 */
public record Devices(List<Device> nodes, List<Mount> mounts, List<DeviceRule> rules) {
    /** Names in the host's {@code /dev} that a container has of its own (as Docker leaves them out). */
    private static final Set<String> OWN =
            Set.of("pts", "shm", "fd", "mqueue", "console", "ptmx", ".lxc", ".lxd-mounts", ".udev");

    /**
     * The devices of a container.
     *
     * @throws LevelException INVALID when one that is asked for is not there or is none
     */
    public static Devices of(Security security) {
        Map<String, Found> nodes = new LinkedHashMap<>();
        List<DeviceRule> rules = new ArrayList<>();
        if (security.privileged()) {
            below(Path.of("/dev"), "/dev", true).stream()
                    .filter(found -> UserNamespace.own().initial() || mayOpen(found.host()))
                    .forEach(found -> nodes.putIfAbsent(found.device().path(), found));
        }
        for (Security.Device wanted : security.devices()) {
            for (Found found : find(wanted)) {
                Device device = found.device();
                nodes.put(device.path(), found);
                rules.add(new DeviceRule(true, device.type(), device.major(), device.minor(), wanted.permissions()));
            }
        }
        for (Security.DeviceRule rule : security.deviceRules()) {
            rules.add(new DeviceRule(
                    true,
                    Character.toString(rule.kind()),
                    rule.major().isPresent() ? rule.major().getAsInt() : null,
                    rule.minor().isPresent() ? rule.minor().getAsInt() : null,
                    rule.permissions()));
        }
        if (UserNamespace.own().initial()) {
            return new Devices(nodes.values().stream().map(Found::device).toList(), List.of(), List.copyOf(rules));
        }
        return new Devices(List.of(), nodes.values().stream().map(Found::mount).toList(), List.copyOf(rules));
    }

    /** In a user namespace files' permissions decide, and what nobody there may open is none of a container's. */
    private static boolean mayOpen(Path node) {
        return Files.isReadable(node) || Files.isWritable(node);
    }

    /** A device as a container is to have it, and the host's node. */
    private record Found(Device device, Path host) {
        Mount mount() {
            return new Mount(device.path(), "bind", host.toString(), List.of("bind", "rprivate"));
        }
    }

    /** One device, or all below a directory. */
    private static List<Found> find(Security.Device wanted) {
        if (!wanted.permissions().matches("[rwm]{1,3}")) {
            throw new LevelException(
                    LevelException.Kind.INVALID,
                    "invalid device permissions \"" + wanted.permissions() + "\": letters of rwm are expected");
        }
        try {
            Path host = Path.of(wanted.hostPath()).toRealPath();
            List<Found> found = new ArrayList<>();
            try (Directory parent = Directory.open(host.resolveSibling("."))) {
                FileStatus status = parent.status(host.getFileName().toString())
                        .orElseThrow(() -> new IOException("it does not exist"));
                if (status.isDirectory()) {
                    found.addAll(below(host, wanted.path(), false));
                } else if (isDevice(status)) {
                    found.add(new Found(device(wanted.path(), status), host));
                }
            }
            if (found.isEmpty()) {
                throw new IOException("it is not a device node");
            }
            return found;
        } catch (IOException | LinuxException | IllegalArgumentException e) {
            throw new LevelException(
                    LevelException.Kind.INVALID,
                    "error gathering device information while adding custom device \"" + wanted.hostPath()
                            + "\": "
                            + (e instanceof java.nio.file.NoSuchFileException
                                    ? "no such file or directory"
                                    : e.getMessage()),
                    e);
        }
    }

    private static List<Found> below(Path host, String inside, boolean hostsDev) {
        List<Found> found = new ArrayList<>();
        try (Directory directory = Directory.open(host)) {
            for (String name : directory.list()) {
                if (hostsDev && OWN.contains(name)) {
                    continue;
                }
                directory.status(name).ifPresent(status -> {
                    if (status.isDirectory()) {
                        found.addAll(below(host.resolve(name), inside + "/" + name, false));
                    } else if (isDevice(status)) {
                        found.add(new Found(device(inside + "/" + name, status), host.resolve(name)));
                    }
                });
            }
        }
        return found;
    }

    private static boolean isDevice(FileStatus status) {
        return status.type() == FileStatus.CHARACTER_DEVICE || status.type() == FileStatus.BLOCK_DEVICE;
    }

    private static Device device(String path, FileStatus status) {
        return new Device(
                path,
                status.type() == FileStatus.BLOCK_DEVICE ? "b" : "c",
                status.rdevMajor(),
                status.rdevMinor(),
                status.permissions(),
                status.uid(),
                status.gid());
    }
}
