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
import dev.berth.level.os.launch.OwnFileSystems;
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
import dev.berth.linux.cgroup.none.NoCgroups;
import dev.berth.linux.event.Pipe;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.launch.LaunchException;
import dev.berth.linux.launch.Launcher;
import dev.berth.linux.monitor.Monitor;
import dev.berth.linux.monitor.MonitorLaunch;
import dev.berth.linux.process.Pidfd;
import dev.berth.linux.terminal.DevPts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** One container: a control group, and once it is started, a first process with its monitor and perhaps others. */
final class OsSandbox implements Sandbox {
    private static final int SIGKILL = 9;

    private final Host host;
    private final Plan plan;
    private final Cgroup cgroup;
    private final Runnable closing;
    private final Set<OsProcess> processes = ConcurrentHashMap.newKeySet();
    private Optional<DevPts> terminals = Optional.empty();
    private volatile Optional<RuntimeConfig> config = Optional.empty();
    private volatile Optional<OsProcess> first = Optional.empty();
    private boolean closed;

    /**
     * What it is made of.
     *
     * @param config makes its configuration, when that is first needed
     * @param root what the root file system is made of
     * @param shape of the first process's streams
     * @param initArguments for a minimal init to run
     */
    record Plan(
            String id,
            StateDirectory state,
            Supplier<RuntimeConfig> config,
            RootSource root,
            Streams.Shape shape,
            Optional<List<String>> initArguments) {}

    /**
     * Takes over the control group.
     *
     * @param closing called when it is closed or left
     */
    OsSandbox(Host host, Plan plan, Cgroup cgroup, Runnable closing) {
        this.host = host;
        this.plan = plan;
        this.cgroup = cgroup;
        this.closing = closing;
    }

    @Override
    public String id() {
        return plan.id();
    }

    /** Many threads may make it, of the same plan. */
    private RuntimeConfig config() {
        Optional<RuntimeConfig> known = config;
        if (known.isEmpty()) {
            known = Optional.of(plan.config().get());
            config = known;
        }
        return known.get();
    }

    @Override
    public synchronized SandboxProcess start(ProcessOutput output) {
        if (closed || first.isPresent()) {
            throw new LevelException(Kind.CONFLICT, "sandbox " + id() + " has been started already");
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
        OpenFile record = plan.state().newRecord();
        try (OwnFileSystems fileSystems = OwnFileSystems.make(config().mounts());
                Streams streams = Streams.open(plan.shape(), pts, host.nothing());
                Pipe report = Pipe.open();
                SandboxProgram program = new SandboxProgram(
                        config(),
                        surroundings(
                                fileSystems,
                                pts,
                                streams,
                                streams.held(host.monitor(), record, report, pts),
                                pidNamespace,
                                group))) {
            try {
                Pidfd monitor = host.launcher().launch(program.program(), SandboxProgram.options());
                return track(OsProcess.of(
                        host.loop(),
                        new Monitor(
                                monitor,
                                report.output().duplicate(),
                                plan.state().record()),
                        pidOf(program),
                        streams,
                        plan.state().directory(),
                        output,
                        this::firstEnded));
            } catch (LaunchException e) {
                pidOf(program);
                throw program.failure(e);
            }
        } finally {
            pidNamespace.ifPresent(Fd::close);
            group.ifPresent(Fd::close);
            record.fd().close();
        }
    }

    /** The process's number; what the launch has left open of it here is closed, for the monitor has it too. */
    private static int pidOf(SandboxProgram program) {
        Optional<Pidfd> process = program.process().process();
        process.ifPresent(Pidfd::close);
        return process.map(Pidfd::pid).orElse(0);
    }

    /** Takes up the first process that an engine before has left; empty where there is nothing left of it. */
    synchronized Optional<SandboxProcess> takeUp(ProcessOutput output, Map<ProcessOutput.Stream, Long> kept) {
        Optional<Monitor> monitor = plan.state().monitor();
        if (monitor.isPresent()) {
            terminals = OsProcess.terminals(monitor.get()).map(DevPts::new);
        }
        first = monitor.map(found -> takeUp(found, output, kept))
                .or(() -> plan.state().report().map(report -> takeUp(report, output, kept)));
        return first.map(this::track);
    }

    private OsProcess takeUp(Monitor monitor, ProcessOutput output, Map<ProcessOutput.Stream, Long> kept) {
        return OsProcess.takeUp(
                host.loop(), monitor, plan.shape(), plan.state().directory(), kept, output, this::firstEnded);
    }

    private OsProcess takeUp(Monitor.Report report, ProcessOutput output, Map<ProcessOutput.Stream, Long> kept) {
        return OsProcess.takeUp(
                host.loop(), report, plan.shape(), plan.state().directory(), kept, output, this::firstEnded);
    }

    private Optional<Fd> joinedPidNamespace() {
        return config().linux().namespaces().stream()
                .filter(namespace -> namespace.type().equals("pid"))
                .flatMap(namespace -> Optional.ofNullable(namespace.path()).stream())
                .findFirst()
                .map(path -> Host.open(path, Open.READ));
    }

    private SandboxProgram.Surroundings surroundings(
            OwnFileSystems fileSystems,
            DevPts pts,
            Streams streams,
            MonitorLaunch.Held held,
            Optional<Fd> pidNamespace,
            Optional<Fd> group) {
        return new SandboxProgram.Surroundings(
                held,
                pidNamespace,
                group,
                plan.root(),
                host.mountPoint(),
                cgroup.entryFiles(),
                CgroupView.of(host.cgroupMounts(), cgroup.path()),
                fileSystems,
                pts,
                streams.terminalNumber(),
                streams.stdio(),
                Optional.ofNullable(config().linux().seccomp()).map(host.filters()::filter),
                host.facts(),
                plan.initArguments().map(arguments -> new Init(host.init().number(), arguments)));
    }

    private boolean hasOwn(String namespace) {
        return config().linux().namespaces().stream().anyMatch(n -> n.type().equals(namespace) && n.path() == null);
    }

    private OsProcess track(OsProcess process) {
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
        } catch (CgroupException | LevelException e) {
            return false; // the group is gone with the sandbox, or the configuration with what it was made of
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
                : Optional.ofNullable(config().linux().seccomp()).map(host.filters()::filter);
        Optional<Fd> group = cgroup.cloneInto().map(path -> Host.open(path.toString(), Open.PATH | Open.DIRECTORY));
        try (Streams streams = Streams.open(Streams.Shape.of(spec), openTerminals(), host.nothing());
                ExecProgram program = new ExecProgram(
                        process,
                        target,
                        config().linux().namespaces(),
                        cgroup.entryFiles(),
                        streams.stdio(),
                        filter,
                        host.facts())) {
            try {
                Launcher.Options options = new Launcher.Options(0, Optional.of(target.fd()), group);
                Pidfd child = host.launcher().launch(program.program(), options);
                return track(OsProcess.of(host.loop(), child, streams, output, () -> false));
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
                : Set.copyOf(config().process().capabilities().bounding().stream()
                        .map(Capability::of)
                        .toList());
        RuntimeConfig.Process process = Configuration.process(
                spec,
                identity,
                capabilities,
                List.of(),
                config().process().noNewPrivileges(),
                0,
                Optional.ofNullable(config().hostname()).orElse(""));
        return process.withLimits(config().process().rlimits());
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
        return new LevelException(Kind.CONFLICT, "sandbox " + id() + " is not running");
    }

    int runningPid() {
        return running().pid();
    }

    @Override
    public void signal(int signal) {
        translating(() -> {
            running().signal(signal);
            return id();
        });
    }

    @Override
    public void pause() {
        translating(() -> {
            cgroup.freeze();
            return id();
        });
    }

    @Override
    public void resume() {
        translating(() -> {
            cgroup.thaw();
            return id();
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
                stats.pids().limit(),
                stats.io().devices().stream()
                        .map(device -> new Stats.DeviceTransfers(
                                device.major(), device.minor(), device.readBytes(), device.writtenBytes()))
                        .toList());
    }

    @Override
    public void update(Resources limits) {
        translating(() -> {
            cgroup.apply(CgroupSettings.of(Configuration.limits(limits)));
            return id();
        });
    }

    @Override
    public Path files() {
        return Path.of("/proc/" + runningPid() + "/root");
    }

    @Override
    public List<Integer> pids() {
        return host.cgroups() instanceof NoCgroups ? Neighbours.of(runningPid()) : translating(cgroup::pids);
    }

    private static <T> T translating(Supplier<T> action) {
        try {
            return action.get();
        } catch (LinuxException | CgroupException e) {
            throw new LevelException(Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public synchronized void leave() {
        if (closed) {
            return;
        }
        closed = true;
        closing.run();
        processes.forEach(OsProcess::leave);
        terminals.ifPresent(DevPts::close);
    }

    @Override
    public void forget() {
        plan.state().clear();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        closing.run();
        for (OsProcess process : processes) {
            process.signal(SIGKILL);
            process.forsakeOutput();
        }
        translating(() -> {
            cgroup.close();
            return id();
        });
        processes.forEach(process -> process.exit().join());
        terminals.ifPresent(DevPts::close);
    }
}
