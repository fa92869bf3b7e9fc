package dev.berth.engine.container;

import dev.berth.engine.config.ExecConfig;
import dev.berth.engine.config.Limits;
import dev.berth.engine.container.Container.Run;
import dev.berth.engine.container.State.Status;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.Refusals;
import dev.berth.engine.state.Ids;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.OutputSink;
import dev.berth.engine.stream.ProcessStreams;
import dev.berth.level.Capability;
import dev.berth.level.WindowSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Further processes in running containers. Every method throws NOT_FOUND where there is no such exec. */
public final class Execs {
    private final ContainerIndex index;
    private final Lifecycle lifecycle;
    private final Map<String, Exec> byId = new ConcurrentHashMap<>();
    private final Map<String, List<Exec>> byContainer = new ConcurrentHashMap<>();

    Execs(ContainerIndex index, Lifecycle lifecycle) {
        this.index = index;
        this.lifecycle = lifecycle;
    }

    /** Prepares a process in a running container; gives its id. CONFLICT where the container does not run or is paused. */
    @SuppressWarnings("FutureReturnValueIgnored") // forgetting cannot fail
    public String create(String container, ExecConfig config) {
        Container target = index.find(container);
        if (config.cmd().isEmpty() || config.cmd().getFirst().isEmpty()) {
            throw EngineException.invalid("No exec command specified");
        }
        Run run = Lifecycle.running(target, "");
        if (target.state().status() == Status.PAUSED) {
            throw EngineException.conflict("Container " + container + " is paused, unpause the container before exec");
        }
        Refusals.checkArguments(config.cmd(), config.env());
        lifecycle.require(target, Capability.EXEC, "run further processes");
        Exec exec = new Exec(Ids.random(), target, run, config);
        remember(exec);
        run.over().whenComplete((over, failure) -> forget(target.id()));
        target.publish("exec_create: " + String.join(" ", config.cmd()), "execID", exec.id());
        return exec.id();
    }

    /**
     * Starts the process; its output goes to the sink, as far as the configuration asked for it. What cannot be
     * run as it was asked for gives NOT_RUNNABLE, and the exec has the exit code 126 or 127 then.
     *
     * @param terminal whether the starter wants a terminal too; as at the creation, or INVALID
     * @param size of the terminal; empty for what the creation said
     */
    public Attachment start(String exec, boolean terminal, Optional<WindowSize> size, OutputSink sink) {
        Exec found = find(exec);
        begin(found, terminal, size);
        ExecConfig config = found.config();
        Attachment attachment = found.streams()
                .attach(
                        new ProcessStreams.Wish(config.attachStdin(), config.attachStdout(), config.attachStderr()),
                        sink);
        try {
            found.start();
            return attachment;
        } catch (EngineException e) {
            attachment.close();
            throw e;
        }
    }

    /** Starts the process with nobody attached. */
    public void startDetached(String exec, boolean terminal) {
        Exec found = find(exec);
        begin(found, terminal, Optional.empty());
        found.start();
    }

    /** A client has left by its detach keys: events tell it. Nothing where the exec is forgotten by now. */
    public void tellDetached(String exec) {
        Optional.ofNullable(byId.get(exec))
                .ifPresent(found -> found.container().publish("exec_detach", "execID", exec));
    }

    public ExecInspection inspect(String exec) {
        return find(exec).inspect();
    }

    public void resize(String exec, WindowSize size) {
        Containers.checkSize(size);
        find(exec).resize(size);
    }

    /** The ids of a container's execs, the oldest first. */
    List<String> idsOf(String containerId) {
        List<Exec> execs = byContainer.getOrDefault(containerId, List.of());
        synchronized (execs) {
            return execs.stream().filter(exec -> !exec.isOver()).map(Exec::id).toList();
        }
    }

    private static void begin(Exec exec, boolean terminal, Optional<WindowSize> size) {
        size.ifPresent(Containers::checkSize);
        if (terminal && !exec.config().tty()) {
            throw EngineException.invalid("exec " + exec.id() + " was created without a terminal");
        }
        exec.begin(size);
    }

    private Exec find(String id) {
        Exec exec = byId.get(id);
        if (exec == null) {
            throw EngineException.notFound("No such exec instance: " + id);
        }
        return exec;
    }

    private void remember(Exec exec) {
        List<Exec> execs = byContainer.computeIfAbsent(exec.container().id(), id -> new ArrayList<>());
        synchronized (execs) {
            if (execs.size() >= Limits.EXECS_PER_CONTAINER) {
                Exec oldest = execs.stream()
                        .filter(Exec::isOver)
                        .findFirst()
                        .orElseThrow(() -> EngineException.conflict("container "
                                + exec.container().id() + " has " + execs.size() + " execs, which is the limit"));
                execs.remove(oldest);
                byId.remove(oldest.id());
            }
            execs.add(exec);
            byId.put(exec.id(), exec);
        }
    }

    /** Forgets a container's execs some time after it has ended: their exit codes are asked for still. */
    private void forget(String containerId) {
        List<Exec> execs = byContainer.remove(containerId);
        if (execs != null) {
            synchronized (execs) {
                List<String> ids = execs.stream().map(Exec::id).toList();
                java.util.concurrent.CompletableFuture.delayedExecutor(1, java.util.concurrent.TimeUnit.MINUTES)
                        .execute(() -> ids.forEach(byId::remove));
            }
        }
    }
}
