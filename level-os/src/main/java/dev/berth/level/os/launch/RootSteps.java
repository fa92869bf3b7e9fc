package dev.berth.level.os.launch;

import dev.berth.level.os.oci.RuntimeConfig.Device;
import dev.berth.level.os.oci.RuntimeConfig.Mount;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Program;
import dev.berth.linux.launch.Step;
import dev.berth.linux.namespace.UserNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Mounts and nodes below a container's root, before it becomes the root. Every target is opened as a path in that root
 * (openat2's {@code RESOLVE_IN_ROOT}) and mounted on by its descriptor, so that no symbolic link of an image can lead a
 * mount out of it.
 */
final class RootSteps {
    private static final int NO_FLAGS = 0;
    /** The first four flags of mount(2) are those of mount_setattr(2) too. */
    static final long ATTRIBUTE_FLAGS = Calls.MS_RDONLY | Calls.MS_NOSUID | Calls.MS_NODEV | Calls.MS_NOEXEC;

    private static final int WORLD_WRITABLE = 0666;
    private static final List<Device> DEFAULT_DEVICES = List.of(
            device("null", 1, 3),
            device("zero", 1, 5),
            device("full", 1, 7),
            device("random", 1, 8),
            device("urandom", 1, 9),
            device("tty", 5, 0));

    private static Device device(String name, int major, int minor) {
        return new Device("/dev/" + name, "c", major, minor, WORLD_WRITABLE, 0, 0);
    }

    private final Program program;
    private final Calls calls;
    private final Operand root;

    RootSteps(Program program, Calls calls, Operand root) {
        this.program = program;
        this.calls = calls;
        this.root = root;
    }

    /** Opens a directory in the root, made with its parents where it is missing. */
    private Operand directory(String path) {
        Operand current = root;
        StringBuilder sofar = new StringBuilder();
        for (String name : path.split("/")) {
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            sofar.append('/').append(name);
            calls.makeDirectory(current, name, 0755).tolerating(Errno.EROFS);
            current = calls.openInRoot(root, sofar.toString(), Open.PATH | Open.DIRECTORY)
                    .result();
        }
        return current;
    }

    /** Opens a file in the root, made empty where it is missing. */
    private Operand file(String path) {
        int slash = path.lastIndexOf('/');
        Operand parent = directory(path.substring(0, slash + 1));
        calls.makeNode(parent, path.substring(slash + 1), FileStatus.REGULAR | 0644, 0, 0)
                .tolerating(Errno.EROFS);
        return calls.openInRoot(root, path, Open.PATH).result();
    }

    /** A file system of a type on a directory. */
    void fileSystem(Mount mount, String type, String source) {
        MountOptions options = MountOptions.parse(mount.options());
        calls.changeDirectory(directory(mount.destination()));
        program.call(
                dev.berth.linux.asm.SystemCall.MOUNT,
                () -> "mount " + type + " on " + mount.destination(),
                program.string(source),
                program.string("."),
                program.string(type),
                options.flags(),
                options.data().isEmpty() ? 0 : program.string(options.data()));
    }

    /** What is mounted nowhere yet, on a directory. */
    void detached(Fd tree, String destination) {
        calls.moveMount(Operand.of(tree.number()), directory(destination), () -> "mount on " + destination);
    }

    /** A file or directory of the host's. */
    void bind(Mount mount, BindTrees trees) {
        MountOptions options = MountOptions.parse(mount.options());
        boolean directory = BindTrees.isDirectory(mount);
        Operand tree = trees.of(mount);
        long attributes = options.flags() & ATTRIBUTE_FLAGS;
        long onlyTop = options.recursiveReadOnly() ? 0 : attributes & Calls.MS_RDONLY;
        Step.Description what = () -> "set the options of the mount on " + mount.destination();
        if (attributes != onlyTop) {
            calls.setMountAttributes(tree, attributes & ~onlyTop, 0, options.recursive(), what);
        }
        if (onlyTop != 0) {
            calls.setMountAttributes(tree, onlyTop, 0, false, what);
        }
        if (options.propagation() != 0) {
            calls.setMountAttributes(tree, 0, options.propagation(), options.recursivePropagation(), what);
        }
        Operand target = directory ? directory(mount.destination()) : file(mount.destination());
        calls.moveMount(tree, target, () -> "mount " + mount.source() + " on " + mount.destination());
    }

    /** Other options for what is mounted there already. */
    void change(Mount mount) {
        Step mounted = calls.openInRoot(root, mount.destination(), Open.PATH);
        calls.setMountAttributes(
                mounted.result(),
                MountOptions.parse(mount.options()).flags() & ATTRIBUTE_FLAGS,
                0,
                false,
                () -> "set the options of the mount on " + mount.destination());
    }

    /** What a container has in its /dev: the default nodes and links (config-linux.md), and the nodes it asks for. */
    void devices(List<Device> more) {
        Operand dev = directory("/dev");
        Map<String, Device> devices = new LinkedHashMap<>();
        DEFAULT_DEVICES.forEach(device -> devices.put(device.path(), device));
        more.forEach(device -> devices.put(device.path(), device));
        for (Device device : devices.values()) {
            if (!UserNamespace.own().initial()) { // nobody but the host's root makes nodes
                Step node = calls.cloneTree(device.path(), false);
                calls.moveMount(node.result(), file(device.path()), () -> "mount " + device.path());
                continue;
            }
            int type = device.type().equals("b") ? FileStatus.BLOCK_DEVICE : FileStatus.CHARACTER_DEVICE;
            int slash = device.path().lastIndexOf('/');
            Operand parent = slash == "/dev".length() && device.path().startsWith("/dev/")
                    ? dev
                    : directory(device.path().substring(0, slash + 1));
            String name = device.path().substring(slash + 1);
            calls.makeNode(parent, name, type | device.fileMode(), device.major(), device.minor());
            if (device.uid() != 0 || device.gid() != 0) {
                calls.changeOwnerOf(parent, name, device.uid(), device.gid());
            }
        }
        Map<String, String> links = new LinkedHashMap<>(Map.of(
                "fd", "/proc/self/fd",
                "stdin", "/proc/self/fd/0",
                "stdout", "/proc/self/fd/1",
                "stderr", "/proc/self/fd/2",
                "ptmx", "pts/ptmx"));
        if (Files.exists(Path.of("/proc/kcore"))) { // kernels may be built without
            links.put("core", "/proc/kcore");
        }
        links.forEach((name, target) -> calls.makeSymlink(target, dev, name));
    }

    /** The container's terminal as its console. */
    void console(int number) {
        Step terminal = calls.openInRoot(root, "/dev/pts/" + number, Open.PATH);
        Step tree = calls.cloneTree(terminal.result(), false, () -> "open the terminal to mount it");
        calls.moveMount(tree.result(), file("/dev/console"), () -> "mount the terminal on /dev/console");
    }

    /** Hides a path: behind the null device where it is a file, an empty file system where it is a directory. */
    void mask(String path) {
        Step target = calls.openInRoot(root, path, Open.PATH).tolerating(Errno.EACCES);
        Step nothing = calls.openInRoot(root, "/dev/null", Open.PATH);
        Step tree = calls.cloneTree(nothing.result(), false, () -> "open /dev/null to mask " + path);
        Step moved = calls.moveMount(tree.result(), target.result(), () -> "mask " + path);
        Step done = calls.jump(); // moved: go on behind the other case
        Step directory = calls.openInRoot(root, path, Open.PATH | Open.DIRECTORY);
        calls.changeDirectory(directory.result());
        calls.mount("tmpfs", ".", "tmpfs", Calls.MS_RDONLY, "");
        Step after = calls.nothing();
        target.onErrorGoTo(after);
        moved.onErrorGoTo(directory);
        done.onErrorGoTo(after);
        directory.onErrorGoTo(after);
    }

    /** Makes a path, and what is below it, read-only; passes over one that is missing. */
    void readOnly(String path) {
        Step target = calls.openInRoot(root, path, Open.PATH);
        Step tree = calls.cloneTree(target.result(), true, () -> "open " + path + " to make it read-only");
        calls.setMountAttributes(tree.result(), Calls.MS_RDONLY, 0, true, () -> "make " + path + " read-only");
        calls.moveMount(tree.result(), target.result(), () -> "mount " + path + " read-only");
        target.onErrorGoTo(calls.nothing());
    }

    /** Sets namespaced kernel parameters. */
    void sysctl(String name, String value) {
        Step file = calls.openInRoot(root, "/proc/sys/" + name.replace('.', '/'), Open.WRITE);
        calls.write(file.result(), value, () -> "set the kernel parameter " + name + " to " + value);
    }

    /**
     * The control groups as a container sees them. On v1: a file system in memory with a directory a hierarchy, and the
     * single controllers of joint hierarchies as links.
     */
    void cgroups(Mount mount, CgroupView view) {
        MountOptions options = MountOptions.parse(mount.options());
        if (view.unified()) {
            fileSystem(mount, "cgroup2", "cgroup");
            return;
        }
        List<String> tmpfs = new ArrayList<>(mount.options());
        tmpfs.remove("ro");
        tmpfs.add("mode=755");
        fileSystem(new Mount(mount.destination(), "tmpfs", "tmpfs", tmpfs), "tmpfs", "tmpfs");
        Operand top = calls.openInRoot(root, mount.destination(), Open.PATH | Open.DIRECTORY)
                .result();
        for (CgroupView.Hierarchy hierarchy : view.hierarchies()) {
            calls.makeDirectory(top, hierarchy.name(), 0755);
            Operand directory = calls.openInRoot(top, hierarchy.name(), Open.PATH | Open.DIRECTORY)
                    .result();
            String destination = mount.destination() + "/" + hierarchy.name();
            Step tree = calls.cloneTree(hierarchy.hostDirectory(), true);
            calls.setMountAttributes(
                    tree.result(),
                    options.flags() & ATTRIBUTE_FLAGS,
                    0,
                    true,
                    () -> "set the options of " + destination);
            calls.moveMount(tree.result(), directory, () -> "mount " + destination);
            for (String alias : hierarchy.aliases()) {
                calls.makeSymlink(hierarchy.name(), top, alias);
            }
        }
        if ((options.flags() & Calls.MS_RDONLY) != 0) {
            Step mounted = calls.openInRoot(root, mount.destination(), Open.PATH | Open.DIRECTORY);
            calls.setMountAttributes(
                    mounted.result(),
                    Calls.MS_RDONLY,
                    NO_FLAGS,
                    false,
                    () -> "make " + mount.destination() + " read-only");
        }
    }
}
