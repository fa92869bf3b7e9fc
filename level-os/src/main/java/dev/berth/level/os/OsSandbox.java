package dev.berth.level.os;

import dev.berth.level.LevelException;
import dev.berth.level.LevelException.Kind;
import dev.berth.level.ProcessOutput;
import dev.berth.level.ProcessSpec;
import dev.berth.level.Resources;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.Stats;
import dev.berth.level.os.capability.Capability;
import dev.berth.level.os.launch.CgroupView;
import dev.berth.level.os.launch.ExecProgram;
import dev.berth.level.os.launch.Init;
import dev.berth.level.os.launch.RootSource;
import dev.berth.level.os.launch.SandboxProgram;
import dev.berth.level.os.oci.CgroupSettings;
import dev.berth.level.os.oci.Configuration;
import dev.berth.level.os.oci.RuntimeConfig;
import dev.berth.level.os.process.OsProcess;
import dev.berth.level.os.process.Streams;
import dev.berth.level.os.user.Accounts;
import dev.berth.level.os.user.Identity;
import dev.berth.level.os.user.RunningTree;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupStats;
import dev.berth.linux.file.Open;
import dev.berth.linux.launch.LaunchException;
import dev.berth.linux.launch.Launcher;
import dev.berth.linux.process.Pidfd;
import dev.berth.linux.terminal.DevPts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One container: a control group, and once it is started, a first process and perhaps others. */
final class OsSandbox implements Sandbox {
    private static final int SIGKILL = 9;

    private final Host host;
    private final String id;
    private final RuntimeConfig config;
    private final RootSource root;
    private final Streams.Shape shape;
    private final Optional<List<String>> initArguments;
    private final Cgroup cgroup;
    private final Runnable forget;
    private final Set<OsProcess> processes = ConcurrentHashMap.newKeySet();
    private Optional<DevPts> terminals = Optional.empty();
    private volatile Optional<OsProcess> first = Optional.empty();
    private boolean closed;

    /**
     * Takes over the control group.
     *
     * @param forget called when it is closed
     */
    OsSandbox(
            Host host,
            String id,
            RuntimeConfig config,
            RootSource root,
            Streams.Shape shape,
            Optional<List<String>> initArguments,
            Cgroup cgroup,
            Runnable forget) {
        this.host = host;
        this.id = id;
        this.config = config;
        this.root = root;
        this.shape = shape;
        this.initArguments = initArguments;
        this.cgroup = cgroup;
        this.forget = forget;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public synchronized SandboxProcess start(ProcessOutput output) {
        if (closed || first.isPresent()) {
            throw new LevelException(Kind.CONFLICT, "sandbox " + id + " has been started already");
        }
        DevPts pts = translating(DevPts::new);
        terminals = Optional.of(pts);
        OsProcess process = translating(() -> launchFirst(pts, output));
        first = Optional.of(process);
        return process;
    }

    private OsProcess launchFirst(DevPts pts, ProcessOutput output) {
        Optional<Fd> pidNamespace = joinedPidNamespace();
        Optional<Fd> group = cgroup.cloneInto().map(path -> Host.open(path.toString(), Open.PATH | Open.DIRECTORY));
        try (Streams streams = Streams.open(shape, pts, host.nothing());
                SandboxProgram program = new SandboxProgram(config, surroundings(pts, streams))) {
            try {
                Pidfd child = host.launcher().launch(program.program(), program.options(pidNamespace, group));
                return track(child, streams, output, this::firstEnded);
            } catch (LaunchException e) {
                throw program.failure(e);
            }
        } finally {
            pidNamespace.ifPresent(Fd::close);
            group.ifPresent(Fd::close);
        }
    }

    private Optional<Fd> joinedPidNamespace() {
        return config.linux().namespaces().stream()
                .filter(namespace -> namespace.type().equals("pid"))
                .flatMap(namespace -> Optional.ofNullable(namespace.path()).stream())
                .findFirst()
                .map(path -> Host.open(path, Open.READ));
    }

    private SandboxProgram.Surroundings surroundings(DevPts pts, Streams streams) {
        return new SandboxProgram.Surroundings(
                root,
                host.mountPoint(),
                cgroup.entryFiles(),
                CgroupView.of(host.cgroupMounts(), cgroup.path(), hasOwn("cgroup")),
                pts,
                streams.terminalNumber(),
                streams.stdio(),
                Optional.ofNullable(config.linux().seccomp()).map(host.filters()::filter),
                host.facts(),
                initArguments.map(arguments -> new Init(host.init().number(), arguments)));
    }

    private boolean hasOwn(String namespace) {
        return config.linux().namespaces().stream().anyMatch(n -> n.type().equals(namespace) && n.path() == null);
    }

    private OsProcess track(Pidfd child, Streams streams, ProcessOutput output, OsProcess.AfterEnd afterEnd) {
        OsProcess process = OsProcess.of(host.loop(), child, streams, output, afterEnd);
        processes.add(process);
        process.exit().thenRun(() -> processes.remove(process));
        return process;
    }

    /** Where the sandbox has no PID namespace of its own, the kernel ends the others not by itself. */
    private boolean firstEnded() {
        try {
            if (!hasOwn("pid")) {
                cgroup.killAll();
            }
            return cgroup.oomKills() > 0;
        } catch (CgroupException e) {
            return false; // the group is gone with the sandbox
        }
    }

    @Override
    public SandboxProcess exec(ProcessSpec spec, ProcessOutput output) {
        Configuration.check(spec);
        return translating(() -> {
            try (Pidfd target = running()
                    .withChild(child -> new Pidfd(child.pid(), child.fd().duplicate()))
                    .orElseThrow(this::notRunning)) {
                return launchFurther(spec, target, output);
            }
        });
    }

    private OsProcess launchFurther(ProcessSpec spec, Pidfd target, ProcessOutput output) {
        RuntimeConfig.Process process = further(spec);
        Optional<byte[]> filter = spec.privileged()
                ? Optional.empty()
                : Optional.ofNullable(config.linux().seccomp()).map(host.filters()::filter);
        Optional<Fd> group = cgroup.cloneInto().map(path -> Host.open(path.toString(), Open.PATH | Open.DIRECTORY));
        try (Streams streams = Streams.open(Streams.Shape.of(spec), openTerminals(), host.nothing());
                ExecProgram program =
                        new ExecProgram(process, target, cgroup.entryFiles(), streams.stdio(), filter, host.facts())) {
            try {
                Launcher.Options options = new Launcher.Options(0, Optional.of(target.fd()), group);
                return track(host.launcher().launch(program.program(), options), streams, output, () -> false);
            } catch (LaunchException e) {
                if (target.signal(0)) {
                    throw program.failure(e);
                }
                throw notRunning();
            }
        } finally {
            group.ifPresent(Fd::close);
        }
    }

    /** A further process has the first one's limits and capabilities, unless it is privileged. */
    private RuntimeConfig.Process further(ProcessSpec spec) {
        Identity identity;
        try (RunningTree tree =
                running().withChild(child -> new RunningTree(child.pid())).orElseThrow(this::notRunning)) {
            identity = Accounts.read(tree).resolve(spec.user(), spec.additionalGroups());
        }
        Set<Capability> capabilities = spec.privileged()
                ? host.facts().capabilities()
                : Set.copyOf(config.process().capabilities().bounding().stream()
                        .map(Capability::of)
                        .toList());
        RuntimeConfig.Process process = Configuration.process(
                spec,
                identity,
                capabilities,
                List.of(),
                config.process().noNewPrivileges(),
                0,
                Optional.ofNullable(config.hostname()).orElse(""));
        return process.withLimits(config.process().rlimits());
    }

    private synchronized DevPts openTerminals() {
        if (closed) {
            throw notRunning();
        }
        return terminals.orElseThrow(this::notRunning);
    }

    private OsProcess running() {
        return first.filter(process -> !process.exit().isDone()).orElseThrow(this::notRunning);
    }

    private LevelException notRunning() {
        return new LevelException(Kind.CONFLICT, "sandbox " + id + " is not running");
    }

    int runningPid() {
        return running().pid();
    }

    @Override
    public void signal(int signal) {
        translating(() -> {
            running().signal(signal);
            return id;
        });
    }

    @Override
    public void pause() {
        translating(() -> {
            cgroup.freeze();
            return id;
        });
    }

    @Override
    public void resume() {
        translating(() -> {
            cgroup.thaw();
            return id;
        });
    }

    @Override
    public Stats stats() {
        CgroupStats stats = translating(cgroup::stats);
        return new Stats(
                stats.cpu().totalNanos(),
                stats.cpu().userNanos(),
                stats.cpu().systemNanos(),
                stats.cpu().throttledPeriods(),
                stats.memory().bytes(),
                stats.memory().peakBytes(),
                stats.memory().inactiveFileBytes(),
                stats.memory().limitBytes(),
                stats.pids().current(),
                stats.pids().limit());
    }

    @Override
    public void update(Resources limits) {
        translating(() -> {
            cgroup.apply(CgroupSettings.of(Configuration.limits(limits)));
            return id;
        });
    }

    @Override
    public Path files() {
        return Path.of("/proc/" + runningPid() + "/root");
    }

    @Override
    public List<Integer> pids() {
        return translating(cgroup::pids);
    }

    private static <T> T translating(Supplier<T> action) {
        try {
            return action.get();
        } catch (LinuxException | CgroupException e) {
            throw new LevelException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        forget.run();
        for (OsProcess process : processes) {
            process.signal(SIGKILL);
            process.forsakeOutput();
        }
        translating(() -> {
            cgroup.close();
            return id;
        });
        processes.forEach(process -> process.exit().join());
        terminals.ifPresent(DevPts::close);
    }
}
