package dev.berth.level.os.oci;

import dev.berth.level.LevelException;
import dev.berth.level.MountSpec;
import dev.berth.level.NamespaceMode;
import dev.berth.level.Namespaces;
import dev.berth.level.ProcessSpec;
import dev.berth.level.Resources;
import dev.berth.level.Resources.Rlimit;
import dev.berth.level.SandboxSpec;
import dev.berth.level.os.capability.Capability;
import dev.berth.level.os.host.Devices;
import dev.berth.level.os.oci.RuntimeConfig.Capabilities;
import dev.berth.level.os.oci.RuntimeConfig.DeviceRule;
import dev.berth.level.os.oci.RuntimeConfig.Linux;
import dev.berth.level.os.oci.RuntimeConfig.Mount;
import dev.berth.level.os.oci.RuntimeConfig.Namespace;
import dev.berth.level.os.oci.RuntimeConfig.Process;
import dev.berth.level.os.oci.RuntimeConfig.Root;
import dev.berth.level.os.oci.RuntimeConfig.SeccompPolicy;
import dev.berth.level.os.oci.RuntimeConfig.User;
import dev.berth.level.os.user.Identity;
import dev.berth.linux.namespace.UserNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns a sandbox's specification into an OCI configuration: what Docker would have written for it. */
public final class Configuration {
    private static final List<String> MASKED_PATHS = List.of(
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");
    private static final List<String> READ_ONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");
    private static final String DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final String OPEN_FILES = "nofile";
    private static final long OPEN_FILES_SOFT = 1024;
    private static final long OPEN_FILES_HARD = 524_288;

    private final SandboxSpec spec;
    private final Function<String, Integer> pidOf;

    /** @param pidOf the process id of a running sandbox's first process, by its id */
    private Configuration(SandboxSpec spec, Function<String, Integer> pidOf) {
        this.spec = spec;
        this.pidOf = pidOf;
    }

    /**
     * The configuration.
     *
     * @param openFiles how many files a process may have open at most
     * @param cgroupsPath the control group's path
     * @param pidOf the process id of a running sandbox's first process, by the sandbox's id; throws where it does not run
     */
    public static RuntimeConfig of(
            SandboxSpec spec,
            Identity identity,
            Set<Capability> capabilities,
            Optional<SeccompPolicy> seccomp,
            Devices devices,
            long openFiles,
            String cgroupsPath,
            Function<String, Integer> pidOf) {
        Configuration configuration = new Configuration(spec, pidOf);
        return new RuntimeConfig(
                RuntimeConfig.VERSION,
                process(
                        spec.process(),
                        identity,
                        capabilities,
                        withOpenFiles(spec.resources().rlimits(), openFiles),
                        spec.security().noNewPrivileges(),
                        spec.resources().oomScoreAdj(),
                        spec.hostname()),
                new Root("rootfs", spec.rootfs().readOnly()),
                spec.hostname().isEmpty() ? null : spec.hostname(),
                spec.domainname().isEmpty() ? null : spec.domainname(),
                configuration.mounts(devices.mounts()),
                configuration.linux(seccomp, devices, cgroupsPath));
    }

    /**
     * The engine has raised its own limit of open files: to inherit it would have programs that close whatever could be
     * open take seconds. Where nobody says another, containers have that of a service under systemd, as with Docker.
     */
    private static List<Rlimit> withOpenFiles(List<Rlimit> asked, long most) {
        if (asked.stream().anyMatch(limit -> limit.name().equals(OPEN_FILES))) {
            return asked;
        }
        List<Rlimit> all = new ArrayList<>(asked);
        all.add(new Rlimit(OPEN_FILES, Math.min(OPEN_FILES_SOFT, most), Math.min(OPEN_FILES_HARD, most)));
        return all;
    }

    /** A process as the specification has it; also that of an exec. */
    public static Process process(
            ProcessSpec spec,
            Identity identity,
            Set<Capability> capabilities,
            List<Rlimit> rlimits,
            boolean noNewPrivileges,
            int oomScoreAdj,
            String hostname) {
        List<String> names = Capability.names(capabilities);
        // What execve gives a user other than root is nothing; to give it here would be more than that (as Docker).
        List<String> effective = identity.uid() == 0 ? names : List.of();
        return new Process(
                spec.terminal(),
                new User(identity.uid(), identity.gid(), identity.groups()),
                spec.args(),
                environment(spec, identity, hostname),
                spec.workingDir().isEmpty() ? "/" : spec.workingDir(),
                new Capabilities(names, effective, effective, List.of(), List.of()),
                rlimits.stream()
                        .map(l -> new RuntimeConfig.Rlimit(
                                "RLIMIT_" + l.name().toUpperCase(Locale.ROOT), l.soft(), l.hard()))
                        .toList(),
                noNewPrivileges,
                oomScoreAdj == 0 ? null : oomScoreAdj);
    }

    /** In Docker's order: PATH, HOSTNAME, TERM for a terminal, then what was asked for and is none of these, and HOME. */
    private static List<String> environment(ProcessSpec spec, Identity identity, String hostname) {
        Map<String, String> variables = new LinkedHashMap<>();
        put(variables, DEFAULT_PATH);
        if (!hostname.isEmpty()) {
            put(variables, "HOSTNAME=" + hostname);
        }
        if (spec.terminal()) {
            put(variables, "TERM=xterm");
        }
        spec.env().forEach(variable -> put(variables, variable));
        variables.putIfAbsent("HOME", "HOME=" + identity.home());
        return List.copyOf(variables.values());
    }

    private static void put(Map<String, String> variables, String variable) {
        variables.put(variable.split("=", 2)[0], variable);
    }

    private List<Mount> mounts(List<Mount> devices) {
        boolean privileged = spec.security().privileged();
        Set<String> own = new HashSet<>();
        spec.mounts().forEach(mount -> own.add(mount.target()));
        List<Mount> mounts = new ArrayList<>(List.of(
                mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
                mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
                mount(
                        "/dev/pts",
                        "devpts",
                        "devpts",
                        "nosuid",
                        "noexec",
                        "newinstance",
                        "ptmxmode=0666",
                        "mode=0620",
                        "gid=5"),
                kernelObjects(privileged),
                mount("/sys/fs/cgroup", "cgroup", "cgroup", privileged ? "rw" : "ro", "nosuid", "noexec", "nodev")));
        if (spec.namespaces().ipc() instanceof NamespaceMode.Host) {
            for (String hosts : List.of("/dev/mqueue", "/dev/shm")) {
                if (Files.isDirectory(Path.of(hosts))) {
                    mounts.add(mount(hosts, "bind", hosts, "rbind", "nosuid", "noexec", "nodev"));
                }
            }
        } else {
            mounts.add(mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"));
            sharedMemory().ifPresent(mounts::add);
        }
        mounts.addAll(devices);
        // What the user mounts at the place of a standard mount stands instead of it.
        mounts.removeIf(mount -> own.contains(mount.destination()));
        spec.mounts().forEach(mount -> mounts.addAll(mounts(mount)));
        return List.copyOf(mounts);
    }

    /** The kernel shows a network namespace's interfaces in there, to whose root alone: else all is as the engine sees it. */
    private Mount kernelObjects(boolean writable) {
        boolean hosts = spec.namespaces().network() instanceof NamespaceMode.Host;
        return hosts && !UserNamespace.own().initial()
                ? mount("/sys", "bind", "/sys", "rbind", "nosuid", "noexec", "nodev", writable ? "rw" : "rro")
                : mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", writable ? "rw" : "ro");
    }

    /** What is shared through files goes with what is shared without: to the sandbox whose IPC namespace is joined. */
    private Optional<Mount> sharedMemory() {
        if (spec.namespaces().ipc() instanceof NamespaceMode.Joined other) {
            String theirs = "/proc/" + pidOf.apply(other.sandboxId()) + "/root/dev/shm";
            return Optional.of(mount("/dev/shm", "bind", theirs, "rbind"));
        }
        return spec.shmSizeBytes() == 0
                ? Optional.empty()
                : Optional.of(mount(
                        "/dev/shm",
                        "tmpfs",
                        "shm",
                        "nosuid",
                        "noexec",
                        "nodev",
                        "mode=1777",
                        "size=" + spec.shmSizeBytes()));
    }

    private static Mount mount(String destination, String type, String source, String... options) {
        return new Mount(destination, type, source, List.of(options));
    }

    private List<Mount> mounts(MountSpec mount) {
        return switch (mount) {
            case MountSpec.Bind bind -> List.of(bind(bind));
            case MountSpec.Tmpfs tmpfs -> {
                List<String> options = new ArrayList<>(List.of("nosuid", "nodev", "noexec"));
                options.addAll(tmpfs.options());
                yield List.of(new Mount(tmpfs.target(), "tmpfs", "tmpfs", List.copyOf(options)));
            }
            case MountSpec.FileSystem fileSystem -> fileSystem(fileSystem);
        };
    }

    private static Mount bind(MountSpec.Bind bind) {
        List<String> options = new ArrayList<>();
        options.add(bind.recursive() ? "rbind" : "bind");
        options.add(
                switch (bind.access()) {
                    case READ_WRITE -> "rw";
                    case READ_ONLY -> bind.recursive() ? "rro" : "ro";
                    case TOP_READ_ONLY -> "ro";
                });
        options.add(bind.propagation().isEmpty() ? "rprivate" : bind.propagation());
        if (!bind.subpath().isEmpty()) {
            options.add("X-mount.subdir=" + bind.subpath());
        }
        return new Mount(bind.target(), "bind", bind.source().toString(), List.copyOf(options));
    }

    /** Read-only only in this sandbox: others that share it may write. */
    private List<Mount> fileSystem(MountSpec.FileSystem mount) {
        if (mount.sharedWith().isPresent()) {
            MountSpec.Place place = mount.sharedWith().get();
            String theirs = "/proc/" + pidOf.apply(place.sandboxId()) + "/root" + place.path();
            return List.of(mount(mount.target(), "bind", theirs, "bind", mount.readOnly() ? "ro" : "rw", "rprivate"));
        }
        Mount own = new Mount(mount.target(), mount.type(), mount.device(), mount.options());
        return mount.readOnly()
                ? List.of(own, mount(mount.target(), "bind", mount.device(), "remount", "bind", "ro"))
                : List.of(own);
    }

    private Linux linux(Optional<SeccompPolicy> seccomp, Devices devices, String cgroupsPath) {
        boolean privileged = spec.security().privileged();
        return new Linux(
                namespaces(spec.namespaces()),
                cgroupsPath,
                devices.nodes(),
                spec.sysctls(),
                resources(spec.resources(), privileged, devices.rules()),
                spec.security().maskedPaths().orElse(privileged ? List.of() : MASKED_PATHS),
                spec.security().readOnlyPaths().orElse(privileged ? List.of() : READ_ONLY_PATHS),
                "rprivate",
                seccomp.orElse(null));
    }

    private List<Namespace> namespaces(Namespaces modes) {
        List<Namespace> result = new ArrayList<>();
        result.add(new Namespace("mount", null));
        add(result, "network", "net", modes.network());
        add(result, "uts", "uts", modes.uts());
        add(result, "pid", "pid", modes.pid());
        add(result, "ipc", "ipc", modes.ipc());
        add(result, "cgroup", "cgroup", modes.cgroup());
        return List.copyOf(result);
    }

    private void add(List<Namespace> result, String type, String file, NamespaceMode mode) {
        switch (mode) {
            case NamespaceMode.Private own -> result.add(new Namespace(type, null));
            case NamespaceMode.Host host -> {}
            case NamespaceMode.Prepared made ->
                result.add(new Namespace(type, made.file().toString()));
            case NamespaceMode.Joined other ->
                result.add(new Namespace(type, "/proc/" + pidOf.apply(other.sandboxId()) + "/ns/" + file));
        }
    }

    /** Limits alone, without a word on devices. */
    public static RuntimeConfig.Resources limits(Resources limits) {
        return resources(limits, true, List.of());
    }

    private static RuntimeConfig.Resources resources(Resources limits, boolean privileged, List<DeviceRule> allowed) {
        List<DeviceRule> rules = new ArrayList<>();
        if (privileged) {
            rules.add(new DeviceRule(true, null, null, null, "rwm"));
        } else {
            rules.add(new DeviceRule(false, null, null, null, "rwm"));
            rules.addAll(allowed);
        }
        return new RuntimeConfig.Resources(
                new RuntimeConfig.Memory(
                        value(limits.memoryBytes()),
                        value(limits.memorySwapBytes()),
                        value(limits.memoryReservationBytes()),
                        value(limits.rare().swappiness()),
                        limits.oomKillDisable() ? true : null),
                new RuntimeConfig.Cpu(
                        value(limits.cpuShares()),
                        value(limits.cpuQuotaMicros()),
                        value(limits.cpuPeriodMicros()),
                        value(limits.rare().realTimePeriodMicros()),
                        value(limits.rare().realTimeRuntimeMicros()),
                        limits.cpusetCpus().isEmpty() ? null : limits.cpusetCpus(),
                        limits.cpusetMems().isEmpty() ? null : limits.cpusetMems()),
                limits.pids().isPresent() ? new RuntimeConfig.Pids(limits.pids().getAsLong()) : null,
                BlockDevices.limits(limits.rare()),
                List.copyOf(rules));
    }

    private static @Nullable Long value(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    /** Checks what no system call would refuse clearly. */
    public static void check(ProcessSpec process) {
        if (process.args().isEmpty() || process.args().getFirst().isEmpty()) {
            throw new LevelException(LevelException.Kind.INVALID, "no command specified");
        }
        if (!process.workingDir().isEmpty() && !process.workingDir().startsWith("/")) {
            throw new LevelException(
                    LevelException.Kind.INVALID,
                    "the working directory '" + process.workingDir() + "' is invalid, it needs to be an absolute path");
        }
        for (String text : process.args()) {
            refuseZeroByte(text, "argument");
        }
        for (String text : process.env()) {
            refuseZeroByte(text, "environment variable");
        }
    }

    private static void refuseZeroByte(String text, String what) {
        if (text.indexOf('\0') >= 0) {
            throw new LevelException(LevelException.Kind.INVALID, "an " + what + " contains a zero byte");
        }
    }
}
