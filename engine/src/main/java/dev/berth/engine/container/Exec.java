package dev.berth.engine.container;

import dev.berth.engine.config.ExecConfig;
import dev.berth.engine.container.Container.Run;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.Environment;
import dev.berth.engine.stream.ProcessStreams;
import dev.berth.level.LevelException;
import dev.berth.level.ProcessSpec;
import dev.berth.level.SandboxProcess;
import dev.berth.level.WindowSize;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** A further process of a container: prepared, started once, ended. */
final class Exec {
    private final String id;
    private final Container container;
    private final Run run;
    private final ExecConfig config;
    private final ProcessStreams streams;
    private boolean begun;
    private WindowSize size;
    private Optional<SandboxProcess> process = Optional.empty();
    private OptionalInt exitCode = OptionalInt.empty();

    Exec(String id, Container container, Run run, ExecConfig config) {
        this.id = id;
        this.container = container;
        this.run = run;
        this.config = config;
        this.streams = new ProcessStreams(
                (stream, bytes) -> true, config.attachStdin() ? ProcessStreams.Input.ONCE : ProcessStreams.Input.NONE);
        List<Integer> cells = config.consoleSize();
        this.size = cells.size() == 2 ? new WindowSize(cells.get(0), cells.get(1)) : WindowSize.UNKNOWN;
    }

    String id() {
        return id;
    }

    Container container() {
        return container;
    }

    ExecConfig config() {
        return config;
    }

    ProcessStreams streams() {
        return streams;
    }

    synchronized boolean isOver() {
        return exitCode.isPresent();
    }

    /** Claims the one start there may be. */
    synchronized void begin(Optional<WindowSize> newSize) {
        if (begun) {
            throw EngineException.conflict("Error: Exec command " + id + " has already run");
        }
        if (run.over().isDone()) {
            throw EngineException.conflict("Container " + container.id() + " is not running");
        }
        begun = true;
        size = newSize.orElse(size);
    }

    /** Runs the process; whoever is attached is told of its end. Nobody is told where this fails. */
    @SuppressWarnings("FutureReturnValueIgnored") // a failure is handled like an end
    void start() {
        SandboxProcess started;
        try {
            if (!config.workingDir().isEmpty() && !config.workingDir().startsWith("/")) {
                throw new LevelException(LevelException.Kind.FAILED, "Cwd must be an absolute path");
            }
            started = run.sandbox().exec(specification(), streams);
        } catch (LevelException e) {
            synchronized (this) {
                exitCode = OptionalInt.of(
                        e.kind() == LevelException.Kind.NOT_FOUND
                                ? LevelFailures.NOT_FOUND_CODE
                                : LevelFailures.NOT_EXECUTABLE_CODE);
            }
            EngineException failure = LevelFailures.ofStart(e);
            throw e.kind() == LevelException.Kind.CONFLICT
                    ? failure
                    : new EngineException(EngineException.Kind.NOT_RUNNABLE, String.valueOf(failure.getMessage()), e);
        }
        synchronized (this) {
            process = Optional.of(started);
        }
        container.publish("exec_start: " + String.join(" ", config.cmd()), "execID", id);
        streams.connect(started);
        started.exit()
                .whenComplete((exit, failure) -> Thread.ofVirtual().start(() -> {
                    int code = exit == null ? Signals.KILL + 128 : exit.code();
                    ended(code);
                    container.publish("exec_die", "execID", id, "exitCode", Integer.toString(code));
                }));
    }

    synchronized void resize(WindowSize newSize) {
        size = newSize;
        if (exitCode.isPresent()) {
            throw EngineException.conflict("cannot resize exec " + id + ": it has ended");
        }
        process.ifPresent(running -> running.resize(newSize));
    }

    synchronized ExecInspection inspect() {
        return new ExecInspection(
                id,
                container.id(),
                process.isPresent() && exitCode.isEmpty(),
                exitCode,
                process.map(SandboxProcess::pid).orElse(0),
                config.cmd().getFirst(),
                config.cmd().subList(1, config.cmd().size()),
                config.tty(),
                config.privileged(),
                config.user(),
                config.attachStdin(),
                config.attachStdout(),
                config.attachStderr(),
                config.detachKeys());
    }

    private void ended(int code) {
        synchronized (this) {
            exitCode = OptionalInt.of(code);
        }
        streams.disconnect();
    }

    private synchronized ProcessSpec specification() {
        String workingDir = config.workingDir().isEmpty() ? container.config().workingDir() : config.workingDir();
        List<String> environment = Environment.over(
                container.environment(),
                config.tty() ? Environment.over(List.of("TERM=xterm"), config.env()) : config.env());
        return new ProcessSpec(
                config.cmd(),
                environment,
                workingDir.isEmpty() ? "/" : workingDir,
                config.user().isEmpty() ? container.config().user() : config.user(),
                container.hostConfig().groupAdd(),
                config.tty(),
                config.attachStdin(),
                size,
                config.privileged() || container.hostConfig().privileged());
    }
}
