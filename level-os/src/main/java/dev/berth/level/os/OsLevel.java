package dev.berth.level.os;

import dev.berth.level.Capability;
import dev.berth.level.Level;
import dev.berth.level.LevelException;
import dev.berth.level.Platform;
import dev.berth.level.ProcessOutput;
import dev.berth.level.Rootfs;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.SandboxSpec;
import dev.berth.level.Security;
import dev.berth.level.os.host.Devices;
import dev.berth.level.os.host.HostMounts;
import dev.berth.level.os.launch.RootSource;
import dev.berth.level.os.launch.Search;
import dev.berth.level.os.oci.CgroupSettings;
import dev.berth.level.os.oci.Configuration;
import dev.berth.level.os.oci.RuntimeConfig;
import dev.berth.level.os.oci.RuntimeConfig.SeccompPolicy;
import dev.berth.level.os.process.Streams;
import dev.berth.level.os.user.Accounts;
import dev.berth.level.os.user.Identity;
import dev.berth.level.os.user.LayeredTree;
import dev.berth.linux.LinuxException;
import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.monitor.Monitor;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Containers on Linux namespaces. A sandbox is made from an OCI configuration; a specification is turned into one. */
public final class OsLevel implements Level {
    static final String NAME = "os";

    private final Host host;
    private final Map<String, OsSandbox> sandboxes = new ConcurrentHashMap<>();

    /** Sandboxes that were there when this was opened, and that nobody has taken up or discarded yet. */
    private final Set<String> left = ConcurrentHashMap.newKeySet();

    private OsLevel(Host host) {
        this.host = host;
        left.addAll(host.cgroups().children(host.cgroupParent()));
    }

    /**
     * Opens the level. The caller closes it.
     *
     * @param execRoot the engine's folder for state that does not outlast a reboot
     * @throws LevelException UNSUPPORTED where the host lacks what containers need
     */
    public static OsLevel open(Path execRoot) {
        try {
            return new OsLevel(Host.open(execRoot.resolve(NAME)));
        } catch (LinuxException | CgroupException e) {
            throw new LevelException(
                    LevelException.Kind.UNSUPPORTED, "cannot run containers here: " + e.getMessage(), e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.values());
    }

    @Override
    public Support supports(Platform platform) {
        Platform own = Platform.host();
        boolean same = platform.architecture().equals(own.architecture());
        boolean compatible =
                own.architecture().equals("amd64") && platform.architecture().equals("386");
        if (platform.os().equals("linux") && (same || compatible)) {
            return new Support.Yes();
        }
        return new Support.No("this host is " + own.os() + "/" + own.architecture() + ", and the image is for "
                + platform.os() + "/" + platform.architecture());
    }

    @Override
    public Sandbox create(SandboxSpec spec) {
        if (supports(spec.platform()) instanceof Support.No no) {
            throw new LevelException(LevelException.Kind.UNSUPPORTED, no.reason());
        }
        HostMounts.checkPropagation(spec.mounts());
        Unprivileged.check(spec);
        RootSource root = source(spec.rootfs());
        RuntimeConfig config = configure(spec);
        Optional<List<String>> initArguments = spec.init()
                ? Optional.of(initArguments(config.process(), new LayeredTree(root.layers())))
                : Optional.empty();
        StateDirectory state = new StateDirectory(spec.stateDir());
        if (!spec.cgroupParent().isEmpty()) {
            state.noteCgroup(cgroupPath(spec));
        }
        return create(new OsSandbox.Plan(
                spec.id(), state, () -> config, root, Streams.Shape.of(spec.process()), initArguments));
    }

    @Override
    public Optional<TakenUp> takeUp(SandboxSpec spec, ProcessOutput output, Map<ProcessOutput.Stream, Long> kept) {
        OsSandbox.Plan plan = new OsSandbox.Plan(
                spec.id(),
                new StateDirectory(spec.stateDir()),
                () -> configure(spec, other -> 0),
                source(spec.rootfs()),
                Streams.Shape.of(spec.process()),
                Optional.empty());
        try {
            OsSandbox sandbox = sandbox(plan, openOrMake(cgroupPath(spec)));
            Optional<SandboxProcess> process = sandbox.takeUp(output, kept);
            if (process.isEmpty()) {
                sandboxes.remove(spec.id());
            }
            return process.map(first -> new TakenUp(sandbox, first));
        } catch (LinuxException | CgroupException | UncheckedIOException e) {
            sandboxes.remove(spec.id());
            throw new LevelException(
                    LevelException.Kind.FAILED, "cannot take up sandbox " + spec.id() + ": " + e.getMessage(), e);
        }
    }

    /** Where the sandbox has ended, and its group was removed before that was written down, an empty one stands for it. */
    private Cgroup openOrMake(String path) {
        return host.cgroups().has(path)
                ? host.cgroups().open(path)
                : host.cgroups().create(path, CgroupLimits.NONE);
    }

    @Override
    public void discard(String id, Path stateDir) {
        StateDirectory state = new StateDirectory(stateDir);
        try {
            removeCgroup(state.cgroup().orElse(host.cgroupParent() + "/" + id));
            left.remove(id);
            state.monitor().ifPresent(Monitor::end);
            state.clear();
        } catch (LinuxException | CgroupException | UncheckedIOException e) {
            throw new LevelException(
                    LevelException.Kind.FAILED, "cannot end what is left of sandbox " + id + ": " + e.getMessage(), e);
        }
    }

    private void removeCgroup(String path) {
        if (host.cgroups().has(path)) {
            host.cgroups().open(path).close();
        }
    }

    @Override
    public void sweep() {
        try {
            for (String id : left) {
                removeCgroup(host.cgroupParent() + "/" + id);
            }
            left.clear();
            // One that was killed while it made its first group, or removed its last, has left that group's parent.
            host.cgroups().removeIfEmpty(host.cgroupParent());
        } catch (CgroupException e) {
            throw new LevelException(
                    LevelException.Kind.FAILED, "cannot end what an engine before has left: " + e.getMessage(), e);
        }
    }

    /**
     * The OCI configuration that a specification comes to.
     *
     * @throws LevelException INVALID for what makes no sense, such as an unknown user
     */
    public RuntimeConfig configure(SandboxSpec spec) {
        return configure(spec, this::pidOf);
    }

    private RuntimeConfig configure(SandboxSpec spec, Function<String, Integer> pidOf) {
        Configuration.check(spec.process());
        LayeredTree tree = new LayeredTree(source(spec.rootfs()).layers());
        Identity identity = Accounts.read(tree::read)
                .resolve(spec.process().user(), spec.process().additionalGroups());
        Security security = spec.security();
        Set<dev.berth.level.os.capability.Capability> capabilities = capabilities(security);
        Optional<SeccompPolicy> seccomp =
                security.privileged() ? Optional.empty() : host.filters().policy(security.seccomp(), capabilities);
        return Configuration.of(
                spec,
                identity,
                capabilities,
                seccomp,
                Devices.of(security),
                host.facts().openFiles(),
                cgroupPath(spec),
                pidOf);
    }

    private String cgroupPath(SandboxSpec spec) {
        return (spec.cgroupParent().isEmpty() ? host.cgroupParent() : spec.cgroupParent()) + "/" + spec.id();
    }

    /**
     * Makes a sandbox from an OCI configuration as it stands.
     *
     * @param root what the root file system is made of
     * @param shape of the first process's streams
     * @param stateDir an existing directory of the sandbox's own
     */
    public Sandbox create(String id, RuntimeConfig config, RootSource root, Streams.Shape shape, Path stateDir) {
        return create(
                new OsSandbox.Plan(id, new StateDirectory(stateDir), () -> config, root, shape, Optional.empty()));
    }

    private OsSandbox create(OsSandbox.Plan plan) {
        RuntimeConfig config = plan.config().get();
        String path = Optional.ofNullable(config.linux().cgroupsPath()).orElse(host.cgroupParent() + "/" + plan.id());
        try {
            return sandbox(
                    plan,
                    host.cgroups().create(path, CgroupSettings.of(config.linux().resources())));
        } catch (CgroupException e) {
            throw new LevelException(LevelException.Kind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private OsSandbox sandbox(OsSandbox.Plan plan, Cgroup cgroup) {
        OsSandbox sandbox = new OsSandbox(host, plan, cgroup, () -> sandboxes.remove(plan.id()));
        if (sandboxes.putIfAbsent(plan.id(), sandbox) != null) {
            cgroup.close();
            throw new LevelException(LevelException.Kind.CONFLICT, "there is a sandbox " + plan.id() + " already");
        }
        left.remove(plan.id());
        return sandbox;
    }

    private Set<dev.berth.level.os.capability.Capability> capabilities(Security security) {
        return security.privileged()
                ? host.facts().capabilities()
                : dev.berth.level.os.capability.Capability.tweak(
                        security.capAdd(), security.capDrop(), host.facts().capabilities());
    }

    private static RootSource source(Rootfs rootfs) {
        return rootfs.scratch()
                ? new RootSource.Scratch(rootfs.lower())
                : new RootSource.Overlay(rootfs.lower(), rootfs.upper(), rootfs.work());
    }

    /** The init searches nothing: the program is looked up in the image beforehand, so that a missing one is told. */
    private static List<String> initArguments(RuntimeConfig.Process process, LayeredTree tree) {
        String name = process.args().getFirst();
        if (name.contains("/")) {
            return process.args();
        }
        for (String candidate : Search.candidates(process)) {
            if (tree.find(candidate).isPresent()) {
                List<String> arguments = new ArrayList<>(process.args());
                arguments.set(0, candidate);
                return List.copyOf(arguments);
            }
        }
        throw new LevelException(
                LevelException.Kind.NOT_FOUND, "exec: \"" + name + "\": executable file not found in $PATH");
    }

    private int pidOf(String sandboxId) {
        OsSandbox sandbox = sandboxes.get(sandboxId);
        if (sandbox == null) {
            throw new LevelException(
                    LevelException.Kind.CONFLICT,
                    "cannot join the namespace of sandbox " + sandboxId + ": it does not run");
        }
        return sandbox.runningPid();
    }

    @Override
    public void close() {
        sandboxes.values().forEach(OsSandbox::close);
        host.close();
    }
}
