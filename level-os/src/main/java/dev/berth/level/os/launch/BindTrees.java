package dev.berth.level.os.launch;

import dev.berth.level.LevelException;
import dev.berth.level.os.oci.RuntimeConfig.Mount;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.Open;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.CloneFlags;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Copies of the trees that are bound into a container, mounted nowhere yet. */
final class BindTrees {
    /** A path in another container's root. */
    private static final Pattern OTHERS = Pattern.compile("(/proc/\\d+)/root(/.*)");

    private final Calls calls;
    private final Map<Mount, Step> early = new HashMap<>();

    BindTrees(Calls calls) {
        this.calls = calls;
    }

    /**
     * Copies those that go on to take part in what the host mounts: in a namespace whose mounts are private they would be
     * cut off already.
     */
    void copyFollowing(List<Mount> mounts) {
        for (Mount mount : mounts) {
            MountOptions options = MountOptions.parse(mount.options());
            if (options.followsHost() && !OTHERS.matcher(source(mount)).matches()) {
                early.put(mount, copy(mount, options));
            }
        }
    }

    /** The copy for a mount; a descriptor. */
    Operand of(Mount mount) {
        Step copied = early.get(mount);
        return (copied == null ? copy(mount, MountOptions.parse(mount.options())) : copied).result();
    }

    private static String source(Mount mount) {
        return Objects.requireNonNullElse(mount.source(), "");
    }

    private Step copy(Mount mount, MountOptions options) {
        String source = source(mount);
        if (!options.subpath().isEmpty()) {
            Step volume = calls.open(source, Open.PATH | Open.DIRECTORY);
            Step part = calls.openBeneath(
                    volume.result(), options.subpath(), Open.PATH, () -> "open " + options.subpath() + " in " + source);
            return calls.cloneTree(
                    part.result(),
                    options.recursive(),
                    () -> "open " + source + "/" + options.subpath() + " to mount it");
        }
        Matcher others = OTHERS.matcher(source);
        return others.matches()
                ? fromNamespace(others.group(1) + "/ns/mnt", others.group(2), options.recursive())
                : calls.cloneTree(source, options.recursive());
    }

    /** The kernel copies mounts of another container's mount namespace for none but who is in it. */
    private Step fromNamespace(String namespace, String path, boolean recursive) {
        Step own = calls.open("/proc/self/ns/mnt", Open.READ);
        Step other = calls.open(namespace, Open.READ);
        calls.enterNamespace(
                other.result(), CloneFlags.NEW_NS, () -> "enter the mount namespace " + namespace + " for " + path);
        Step tree = calls.cloneTree(path, recursive);
        calls.enterNamespace(own.result(), CloneFlags.NEW_NS, () -> "return from the mount namespace " + namespace);
        return tree;
    }

    /**
     * Whether a directory is bound, and not a file.
     *
     * @throws LevelException INVALID for a part of a tree that is not there or leads out of it
     */
    static boolean isDirectory(Mount mount) {
        String source = source(mount);
        String subpath = MountOptions.parse(mount.options()).subpath();
        if (OTHERS.matcher(source).matches()) {
            return true;
        }
        if (subpath.isEmpty()) {
            return Files.isDirectory(Path.of(source));
        }
        try (Directory volume = Directory.open(Path.of(source));
                Fd part = volume.openWithin(subpath, Open.PATH, 0)) {
            return Files.isDirectory(Path.of(part.procPath()));
        } catch (LinuxException e) {
            throw new LevelException(
                    LevelException.Kind.INVALID,
                    "cannot mount the subpath \"" + subpath + "\" of " + source + " on " + mount.destination() + ": "
                            + (e.is(Errno.EXDEV) ? "it leads out of the volume" : String.valueOf(e.getMessage())),
                    e);
        }
    }
}
