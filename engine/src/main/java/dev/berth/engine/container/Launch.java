package dev.berth.engine.container;

import dev.berth.engine.container.Container.Run;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.network.ContainerNetwork;
import dev.berth.engine.spec.MountPlan;
import dev.berth.engine.spec.NamespacePlan;
import dev.berth.engine.spec.NetworkFiles;
import dev.berth.engine.spec.SandboxPlan;
import dev.berth.engine.spec.StorageSize;
import dev.berth.level.Level;
import dev.berth.level.LevelException;
import dev.berth.level.MountSpec;
import dev.berth.level.NamespaceMode;
import dev.berth.level.Namespaces;
import dev.berth.level.ProcessOutput.Stream;
import dev.berth.level.Sandbox;
import dev.berth.level.SandboxProcess;
import dev.berth.level.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** The start of a container's first process: from its plan to a sandbox that runs, or that runs on. */
final class Launch {
    private static final int FAILED_CODE = 128;

    private final Facilities facilities;
    private final ContainerIndex index;
    private final ContainerVolumes volumes;
    private final ContainerNetworking networking;
    /** Held from the look at who has a file system mounted until a further one has it. */
    private final ReentrantLock fileSystems = new ReentrantLock();

    Launch(Facilities facilities, ContainerIndex index) {
        this.facilities = facilities;
        this.index = index;
        this.volumes = new ContainerVolumes(facilities);
        this.networking = new ContainerNetworking(facilities, index);
    }

    /** A start that failed; nothing runs, and nothing is left of it. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        private final int exitCode;
        private final transient EngineException reason;

        private Failed(int exitCode, EngineException reason) {
            super(reason);
            this.exitCode = exitCode;
            this.reason = reason;
        }

        /** The exit code the container has now, as a shell would give it. */
        int exitCode() {
            return exitCode;
        }

        EngineException reason() {
            return reason;
        }
    }

    /** Starts the process. Whoever calls holds the container's lock. */
    Run start(Container container) throws Failed {
        try {
            return run(container);
        } catch (LevelException e) {
            throw new Failed(LevelFailures.exitCode(e), LevelFailures.ofStart(e));
        } catch (EngineException e) {
            throw new Failed(FAILED_CODE, e);
        } catch (IOException e) {
            throw new Failed(
                    FAILED_CODE,
                    EngineException.failed(
                            "failed to start container " + container.shortId() + ": " + e.getMessage(), e));
        }
    }

    private Run run(Container container) throws IOException {
        if (container.snapshot().volumes().isEmpty()) {
            return run(container, List.of());
        }
        fileSystems.lock();
        boolean locked = true;
        try {
            List<MountSpec> mounts = volumes.specs(container, index);
            if (mounts.stream().noneMatch(MountSpec.FileSystem.class::isInstance)) {
                fileSystems.unlock();
                locked = false;
            }
            Run run = run(container, mounts);
            volumes.mounted(container);
            return run;
        } finally {
            if (locked) {
                fileSystems.unlock();
            }
        }
    }

    private Run run(Container container, List<MountSpec> mounts) throws IOException {
        Optional<ContainerNetwork> network = networking.open(container);
        container.network(network);
        try {
            networking.link(container);
            return run(container, mounts, network);
        } catch (IOException | RuntimeException e) {
            container.network(Optional.empty());
            network.ifPresent(made -> networking.close(container, made));
            throw e;
        }
    }

    private Run run(Container container, List<MountSpec> mounts, Optional<ContainerNetwork> network)
            throws IOException {
        Level level = facilities.levels().get(container.snapshot().level());
        Sandbox sandbox = level.create(specification(container, mounts, network));
        try {
            container.log().begin(container.logPosition(), container);
            SandboxProcess process = sandbox.start(container.streams());
            return new Run(sandbox, process, new CompletableFuture<>());
        } catch (RuntimeException e) {
            sandbox.close();
            container.log().end().join();
            container.log().forget();
            throw e;
        }
    }

    /**
     * Takes up what an engine before has started. Whoever calls holds the container's lock.
     *
     * @return empty where nothing is left of it
     */
    Optional<Run> takeUp(Container container) throws IOException {
        Level level = facilities.levels().get(container.snapshot().level());
        SandboxPlan plan = container.plan();
        SandboxSpec specification = specification(
                container,
                plan,
                container.networkFiles(),
                List.of(), // it has them already, whatever has become of them on the host
                plan.namespaces().resolve(other -> index.has(other) ? other : container.id()));
        Map<Stream, Long> kept = new EnumMap<>(Stream.class);
        container
                .log()
                .resume(container.logPosition(), container)
                .forEach((stream, position) -> kept.put(Stream.valueOf(stream.name()), position));
        return level.takeUp(specification, container.streams(), kept).map(taken -> {
            volumes.mounted(container);
            container.network(networking.takeUp(container, taken.process().pid()));
            networking.linkAgain(container);
            return new Run(taken.sandbox(), taken.process(), new CompletableFuture<>());
        });
    }

    private SandboxSpec specification(Container container, List<MountSpec> mounts, Optional<ContainerNetwork> network)
            throws IOException {
        SandboxPlan plan = container.plan();
        NamespacePlan namespaces = plan.namespaces();
        Namespaces resolved =
                namespaces.resolve(other -> running(other, container).id());
        if (namespaces.ipc() instanceof NamespacePlan.Use.Of(String other)) {
            requireShareable(running(other, container));
        }
        NetworkFiles files;
        if (namespaces.networkContainer().isPresent()) {
            files = running(namespaces.networkContainer().get(), container).networkFiles();
        } else {
            files = container.networkFiles();
            files.write(
                    container.config().hostname(),
                    container.config().domainname(),
                    networking.view(container),
                    container.hostConfig());
        }
        makeSources(plan.mounts());
        if (StorageSize.of(container.hostConfig()) != 0) {
            facilities.images().requireSizes(); // the file system may be mounted in another way than when it was made
        }
        Files.createDirectories(container.sandboxDirectory());
        Namespaces used = network.map(made -> resolved.withNetwork(new NamespaceMode.Prepared(Path.of(made.path()))))
                .orElse(resolved);
        return specification(container, plan, files, mounts, used);
    }

    private static SandboxSpec specification(
            Container container, SandboxPlan plan, NetworkFiles files, List<MountSpec> volumes, Namespaces resolved)
            throws IOException {
        List<MountSpec> others = new ArrayList<>(volumes);
        others.addAll(inherited(container));
        return plan.specification(
                container.id(),
                container.platform(),
                container.root().rootfs(container.hostConfig().readonlyRootfs()),
                container.environment(),
                container.windowSize(),
                files,
                resolved,
                others,
                container.sandboxDirectory());
    }

    private Container running(String other, Container container) {
        Container found = index.find(other);
        if (found == container) {
            throw EngineException.invalid("a container cannot join a namespace of its own");
        }
        if (!found.state().hasProcess()) {
            throw EngineException.conflict("cannot join namespace of a non running container: " + found.id());
        }
        return found;
    }

    /** Binds that it has from other containers. */
    static List<MountSpec> inherited(Container container) {
        return container.snapshot().inherited().stream()
                .map(volume -> (MountSpec) new MountSpec.Bind(
                        Path.of(volume.source()), volume.target(), volume.readOnly(), true, volume.propagation()))
                .toList();
    }

    private static void requireShareable(Container other) {
        if (List.of("private", "none").contains(other.hostConfig().ipcMode())) {
            throw EngineException.conflict("can't join IPC of container " + other.id()
                    + ": non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
        }
    }

    private static void makeSources(MountPlan mounts) throws IOException {
        for (MountPlan.Entry entry : mounts.entries()) {
            if (entry.makeSource() && entry.spec() instanceof MountSpec.Bind bind && !Files.exists(bind.source())) {
                Files.createDirectories(bind.source());
            }
        }
    }
}
