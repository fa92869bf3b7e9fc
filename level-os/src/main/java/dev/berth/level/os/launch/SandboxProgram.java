package dev.berth.level.os.launch;

import dev.berth.level.LevelException;
import dev.berth.level.os.host.HostFacts;
import dev.berth.level.os.oci.RuntimeConfig;
import dev.berth.level.os.oci.RuntimeConfig.Mount;
import dev.berth.level.os.oci.RuntimeConfig.Namespace;
import dev.berth.level.os.user.LayeredTree;
import dev.berth.linux.Fd;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OverlayOptions;
import dev.berth.linux.launch.Calls;
import dev.berth.linux.launch.CloneFlags;
import dev.berth.linux.launch.Grandchild;
import dev.berth.linux.launch.LaunchException;
import dev.berth.linux.launch.Launcher;
import dev.berth.linux.launch.Operand;
import dev.berth.linux.launch.Program;
import dev.berth.linux.launch.Step;
import dev.berth.linux.monitor.MonitorLaunch;
import dev.berth.linux.terminal.DevPts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The program of a sandbox's first process, in the order in which it happens: its monitor, then control groups,
 * namespaces, root file system, mounts, host name, the pivot, and then what {@link ProcessSteps} does for every process.
 * All mounts happen in the process's own mount namespace: the host never sees one. Closing it frees the program's memory.
 */
public final class SandboxProgram implements AutoCloseable {
    private static final int CAPACITY = 768;

    /** What every container has mounted; anything else is the user's. */
    private static final Set<String> STANDARD = Set.of("proc", "sysfs", "mqueue", "devpts", "cgroup", "cgroup2");

    private static final Map<String, Long> NAMESPACES = Map.of(
            "mount", CloneFlags.NEW_NS,
            "network", CloneFlags.NEW_NET,
            "uts", CloneFlags.NEW_UTS,
            "pid", CloneFlags.NEW_PID,
            "ipc", CloneFlags.NEW_IPC,
            "cgroup", CloneFlags.NEW_CGROUP,
            "user", CloneFlags.NEW_USER,
            "time", CloneFlags.NEW_TIME);

    private final Program program = new Program(CAPACITY);
    private final Calls calls = new Calls(program);
    private final RuntimeConfig config;
    private final Surroundings surroundings;
    private final ProcessSteps processSteps;
    private final MonitorLaunch monitor;
    private final BindTrees trees = new BindTrees(calls);
    /** Each where the links of the image lead to. */
    private final List<Mount> mounts;

    /**
     * What the sandbox gets besides its configuration; all of it borrowed.
     *
     * @param monitor what stands between the engine and the process
     * @param pidNamespace the one that the configuration names, open
     * @param cgroup the v2 group's directory, open
     * @param root what the root is made of
     * @param mountPoint an existing directory to mount the root on, in the child's namespace
     * @param cgroupEntries files to write {@code 0} into to enter the control groups of v1
     * @param fileSystems those of the configuration's mounts that are made already
     * @param terminals the sandbox's terminals, to be its /dev/pts
     * @param terminal the number of the first process's terminal
     * @param filter the system-call policy, compiled
     * @param init what runs before the process, for {@code --init}
     */
    public record Surroundings(
            MonitorLaunch.Held monitor,
            Optional<Fd> pidNamespace,
            Optional<Fd> cgroup,
            RootSource root,
            Path mountPoint,
            List<Path> cgroupEntries,
            CgroupView cgroups,
            OwnFileSystems fileSystems,
            DevPts terminals,
            OptionalInt terminal,
            Stdio stdio,
            Optional<byte[]> filter,
            HostFacts host,
            Optional<Init> init) {}

    /** Writes the program down. */
    public SandboxProgram(RuntimeConfig config, Surroundings surroundings) {
        this.config = config;
        this.surroundings = surroundings;
        this.mounts = config.mounts().stream().map(this::withoutLinks).toList();
        this.processSteps = new ProcessSteps(program, calls, config.process());
        try {
            this.monitor = MonitorLaunch.begin(
                    program,
                    calls,
                    surroundings.monitor(),
                    surroundings.pidNamespace(),
                    namespaceFlags(),
                    surroundings.cgroup());
            write();
            monitor.end();
        } catch (RuntimeException e) {
            program.close();
            throw e;
        }
    }

    /** The laid-out program, for the launcher. */
    public Program program() {
        return program;
    }

    /** How it is to be launched: what the launcher makes is the monitor, which has nothing of its own. */
    public static Launcher.Options options() {
        return new Launcher.Options(0, Optional.empty(), Optional.empty(), true);
    }

    /** The process, once the program has been launched: where it was made, also by a launch that failed. */
    public Grandchild process() {
        return monitor.process();
    }

    private long namespaceFlags() {
        long flags = 0;
        for (Namespace namespace : config.linux().namespaces()) {
            // A cgroup namespace has the group as its root in which it is made: that is after the child has entered its
            // own.
            if (namespace.path() == null && !namespace.type().equals("cgroup")) {
                flags |= flag(namespace);
            }
        }
        return flags;
    }

    /** A failure of the launch in the engine's terms. */
    public LevelException failure(LaunchException e) {
        return processSteps.failure(e);
    }

    /** Those that a further process enters by itself: all but the PID namespace. */
    static long flagsToEnter(List<Namespace> namespaces) {
        return namespaces.stream()
                .filter(namespace -> !namespace.type().equals("pid"))
                .mapToLong(SandboxProgram::flag)
                .reduce(0, (all, flag) -> all | flag);
    }

    private static long flag(Namespace namespace) {
        Long flag = NAMESPACES.get(namespace.type());
        if (flag == null) {
            throw new LevelException(
                    LevelException.Kind.INVALID, "there is no namespace of type \"" + namespace.type() + "\"");
        }
        return flag;
    }

    private boolean has(String type) {
        return config.linux().namespaces().stream().anyMatch(n -> n.type().equals(type) && n.path() == null);
    }

    private void write() {
        surroundings.cgroupEntries().forEach(this::enterCgroup);
        namespaces();
        if (config.process().oomScoreAdj() != null) {
            String value = Integer.toString(config.process().oomScoreAdj());
            Step file = calls.open("/proc/self/oom_score_adj", Open.WRITE);
            calls.write(file.result(), value, () -> "set oom_score_adj to " + value);
        }
        calls.umask(0);
        trees.copyFollowing(mounts);
        calls.mount("", "/", "", Calls.MS_REC | Calls.MS_PRIVATE, "");
        root();
        mounts();
        names();
        pivot();
        processSteps.workingDirectory(true);
        processSteps.becomeProcess(
                surroundings.stdio(), surroundings.filter(), surroundings.host(), surroundings.init());
    }

    private void enterCgroup(Path entry) {
        Step file = calls.open(entry.toString(), Open.WRITE);
        calls.write(file.result(), "0", () -> "enter the control group " + entry.getParent());
    }

    private void namespaces() {
        for (Namespace namespace : config.linux().namespaces()) {
            if (namespace.type().equals("pid")) {
                continue; // entered by the monitor, for only a child made there is in it
            }
            if (namespace.path() != null) {
                Step file = calls.open(namespace.path(), Open.READ);
                calls.enterNamespace(file.result(), flag(namespace), () -> "enter the namespace " + namespace.path());
            } else if (namespace.type().equals("cgroup")) {
                calls.unshare(CloneFlags.NEW_CGROUP, () -> "make a cgroup namespace");
            }
        }
        if (has("network")) {
            calls.loopbackUp();
        }
    }

    private void root() {
        String mountPoint = surroundings.mountPoint().toString();
        switch (surroundings.root()) {
            case RootSource.Overlay overlay ->
                overlay(
                        overlay.lower(),
                        overlay.upper().toString(),
                        overlay.work().toString(),
                        mountPoint);
            case RootSource.Scratch scratch -> scratch(scratch.lower(), mountPoint);
            case RootSource.Tree tree ->
                calls.mount(tree.directory().toString(), mountPoint, "", Calls.MS_BIND | Calls.MS_REC, "");
        }
    }

    private void overlay(List<Path> lower, String upper, String work, String mountPoint) {
        OverlayOptions options = OverlayOptions.of(lower, Path.of(upper), Path.of(work));
        if (options.isTooLong()) {
            throw new LevelException(
                    LevelException.Kind.UNSUPPORTED,
                    "the image has too many layers (" + lower.size() + ") for one overlay mount on this host");
        }
        String layers = options.directory().toString();
        calls.changeDirectory(layers, () -> "go to the layers in " + layers);
        calls.mount("overlay", mountPoint, "overlay", 0, options.data());
    }

    /** The upper directory in memory, below the mount point's place, which the root then covers. */
    private void scratch(List<Path> lower, String mountPoint) {
        calls.mount("tmpfs", mountPoint, "tmpfs", 0, "mode=755");
        Step memory = calls.open(mountPoint, Open.PATH | Open.DIRECTORY);
        calls.makeDirectory(memory.result(), "upper", 0755);
        calls.makeDirectory(memory.result(), "work", 0755);
        overlay(lower, mountPoint + "/upper", mountPoint + "/work", mountPoint);
    }

    private void mounts() {
        Operand root = calls.open(surroundings.mountPoint().toString(), Open.PATH | Open.DIRECTORY)
                .result();
        RootSteps steps = new RootSteps(program, calls, root);
        boolean ownDev = false;
        for (int i = 0; i < mounts.size(); i++) {
            Mount mount = mounts.get(i);
            Optional<Fd> made = surroundings.fileSystems().at(i);
            if (made.isPresent()) {
                steps.detached(made.get(), mount.destination());
            } else {
                mount(steps, mount);
            }
            if (mount.destination().equals("/dev")) {
                ownDev = !"bind".equals(mount.type());
                if (ownDev) {
                    steps.devices(config.linux().devices());
                }
            }
        }
        if (ownDev && surroundings.terminal().isPresent()) {
            steps.console(surroundings.terminal().getAsInt());
        }
        config.linux().sysctl().forEach(steps::sysctl);
        config.linux().readonlyPaths().forEach(steps::readOnly);
        config.linux().maskedPaths().forEach(steps::mask);
        calls.changeDirectory(root);
    }

    private void mount(RootSteps steps, Mount mount) {
        String type = Optional.ofNullable(mount.type()).orElse("bind");
        String source = Optional.ofNullable(mount.source()).orElse(type);
        switch (type) {
            case "cgroup", "cgroup2" -> steps.cgroups(mount, surroundings.cgroups());
            case "devpts" -> steps.detached(surroundings.terminals().mount(), mount.destination());
            default -> {
                MountOptions options = MountOptions.parse(mount.options());
                if (options.remount()) {
                    steps.change(mount);
                } else if (type.equals("bind") || options.bind()) {
                    steps.bind(mount, trees);
                } else {
                    steps.fileSystem(mount, type, source);
                }
            }
        }
    }

    /** A link of the image that leads to what is not there would be no place to mount on; what it means is. */
    private Mount withoutLinks(Mount mount) {
        if (mount.type() != null && STANDARD.contains(mount.type())) {
            return mount;
        }
        String destination = new LayeredTree(surroundings.root().layers()).resolve(mount.destination());
        return new Mount(destination, mount.type(), mount.source(), mount.options());
    }

    private void names() {
        if (config.hostname() != null && has("uts")) {
            calls.setHostName(config.hostname());
        }
        if (config.domainname() != null && has("uts")) {
            calls.setDomainName(config.domainname());
        }
    }

    private void pivot() {
        calls.pivotRootHere();
        if (config.root().readonly()) {
            Step root = calls.open("/", Open.PATH | Open.DIRECTORY);
            calls.setMountAttributes(root.result(), Calls.MS_RDONLY, 0, false, () -> "make the root read-only");
        }
    }

    @Override
    public void close() {
        program.close();
    }
}
