package dev.berth.embedded;

import dev.berth.engine.Engine;
import dev.berth.engine.config.ExecConfig;
import dev.berth.engine.container.ContainerInspection;
import dev.berth.engine.container.RemoveRequest;
import dev.berth.engine.container.StopRequest;
import dev.berth.engine.container.WaitCondition;
import dev.berth.engine.container.WaitResult;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogQuery;
import dev.berth.engine.network.Endpoint;
import dev.berth.engine.network.Published;
import dev.berth.engine.stream.Attachment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * A container. Closing it ends and removes it, with its changes, its log and its anonymous volumes; where nobody does, it goes
 * with its engine. Every method that waits has a timeout, and none hangs when the container ends meanwhile.
 */
public final class Container implements AutoCloseable {
    private static final int SHORT_ID_CHARS = 12;
    private static final int FILE_MODE = 0644;

    private final Berth berth;
    private final String id;
    private final String name;

    Container(Berth berth, String id, String name) {
        this.berth = berth;
        this.id = id;
        this.name = name;
    }

    /** Sixty-four hexadecimal digits. */
    public String id() {
        return id;
    }

    /** The name that it was given, or that was made for it. */
    public String name() {
        return name;
    }

    /** Starts it, and returns once its program runs. Nothing happens where it runs already. */
    public void start() {
        unlessAsWanted(() -> engine().containers().start(id));
    }

    /** Asks it to end, and ends it where it takes longer than its specification says. Nothing happens where it does not run. */
    public void stop() {
        unlessAsWanted(() -> engine().containers().stop(id, StopRequest.DEFAULT));
    }

    /** Stops it, where it runs, and starts it. */
    public void restart() {
        Failures.does(() -> engine().containers().restart(id, StopRequest.DEFAULT));
    }

    /** Ends it at once. */
    public void kill() {
        kill("SIGKILL");
    }

    /** Sends it a signal: a name with or without {@code SIG}, or a number. */
    public void kill(String signal) {
        Failures.does(() -> engine().containers().kill(id, signal));
    }

    /** Has all its processes stand still. */
    public void pause() {
        Failures.does(() -> engine().containers().pause(id));
    }

    /** Has its processes go on. */
    public void unpause() {
        Failures.does(() -> engine().containers().unpause(id));
    }

    public ContainerState state() {
        return ContainerState.of(inspect().state());
    }

    /** As {@link #exec(ExecSpec)}, of a program and its arguments. */
    public ExecResult exec(String... command) {
        return exec(ExecSpec.of(command));
    }

    /**
     * Runs a further process in it to its end. One that ends with another code than 0 is no failure.
     *
     * @throws BerthException INVALID for a program that is not there, CONFLICT where the container does not run, TIMEOUT
     */
    public ExecResult exec(ExecSpec spec) {
        return Failures.gives(() -> {
            String exec = engine().execs().create(id, config(spec));
            CapturedOutput output = new CapturedOutput();
            try (Attachment _ = engine().execs().start(exec, false, Optional.empty(), output)) {
                Duration most = spec.timeout().orElse(Duration.ofSeconds(Long.MAX_VALUE / 1_000_000_000));
                output.ended().get(most.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                endProcess(exec);
                throw new BerthException(
                        BerthException.Kind.TIMEOUT,
                        spec.command() + " in " + this + " did not end within "
                                + Waiting.text(spec.timeout().orElse(Duration.ZERO)) + " and was killed",
                        e);
            } catch (ExecutionException e) {
                throw new BerthException(
                        BerthException.Kind.FAILED, spec.command() + " in " + this + " failed: " + e.getCause(), e);
            } catch (InterruptedException e) {
                endProcess(exec);
                throw e;
            }
            return output.result(engine().execs().inspect(exec).exitCode().orElse(0));
        });
    }

    private static ExecConfig config(ExecSpec spec) {
        return new ExecConfig(
                spec.user().orElse(""),
                spec.privileged(),
                false,
                List.of(),
                false,
                true,
                true,
                false,
                "",
                spec.env(),
                spec.workingDirectory().orElse(""),
                spec.command());
    }

    private void endProcess(String exec) {
        ProcessHandle.of(engine().execs().inspect(exec).pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** All that it has printed so far, its standard output and its standard error as they came. */
    public String logs() {
        StringBuilder text = new StringBuilder();
        lines(OptionalLong.empty()).forEach(line -> text.append(line.text()).append('\n'));
        return text.toString();
    }

    /** The lines that it has printed so far. */
    public List<LogLine> lines() {
        return lines(OptionalLong.empty());
    }

    private List<LogLine> lines(OptionalLong last) {
        List<LogLine> lines = new ArrayList<>();
        LogQuery all = LogQuery.ALL;
        LogQuery query = new LogQuery(true, true, false, all.since(), all.until(), last, false, false);
        LineSink sink = new LineSink(lines::add);
        Failures.does(() -> {
            try (Attachment _ = engine().containers().logs(id, query, sink)) {
                sink.ended().get();
            } catch (ExecutionException e) {
                throw new BerthException(
                        BerthException.Kind.FAILED, "reading the log of " + this + " failed: " + e.getCause(), e);
            }
        });
        return List.copyOf(lines);
    }

    /** The last lines that it has printed so far, as many as there are but no more than that. */
    public List<String> lastLines(int count) {
        return lines(OptionalLong.of(count)).stream().map(LogLine::text).toList();
    }

    /**
     * Tells of each line that it has printed, and of those that it prints from now on, on a thread of its own. A consumer that
     * takes its time holds nobody up. The caller closes the result.
     */
    public LogFollower follow(Consumer<LogLine> consumer) {
        LogQuery all = LogQuery.ALL;
        LogQuery query = new LogQuery(true, true, true, all.since(), all.until(), all.tail(), false, false);
        LineSink sink = new LineSink(consumer);
        return Failures.gives(() -> new LogFollower(sink, engine().containers().logs(id, query, sink)));
    }

    /**
     * Waits until it has ended.
     *
     * @return its exit code
     * @throws WaitException where it runs still
     */
    public int awaitExit(Duration most) {
        return Failures.gives(() -> {
            CompletableFuture<WaitResult> end = engine().containers().await(id, WaitCondition.NOT_RUNNING);
            try {
                return end.get(most.toNanos(), TimeUnit.NANOSECONDS).exitCode();
            } catch (TimeoutException e) {
                throw new Waiting(this).stillRuns(most);
            } catch (ExecutionException | CancellationException e) {
                throw new BerthException(
                        BerthException.Kind.FAILED, "the end of " + this + " is not known: " + e.getMessage(), e);
            } finally {
                end.cancel(false);
            }
        });
    }

    /**
     * Waits until a program in it listens on a TCP port, which need not be published.
     *
     * @throws WaitException where none does in time, or the container ends
     */
    public void awaitPort(int port, Duration most) {
        new Waiting(this).listening(port, most);
    }

    /** As {@link #awaitLine(String, int, Duration)}, for one line. */
    public void awaitLine(String expression, Duration most) {
        awaitLine(expression, 1, most);
    }

    /**
     * Waits until it has printed so many lines in which a regular expression is found.
     *
     * @throws WaitException where it has not in time, or ends
     */
    public void awaitLine(String expression, int times, Duration most) {
        new Waiting(this).printed(Pattern.compile(expression), times, most);
    }

    /**
     * Waits until its health check says that it is healthy.
     *
     * @throws WaitException where it does not in time, or the container ends
     * @throws BerthException INVALID where it has no health check
     */
    public void awaitHealthy(Duration most) {
        new Waiting(this).healthy(most);
    }

    /** As {@link #awaitHttp(int, String, IntPredicate, Duration)}, until the answer's status is below 400. */
    public void awaitHttp(int port, String path, Duration most) {
        awaitHttp(port, path, status -> status < 400, most);
    }

    /**
     * Waits until {@code GET http://…path} of a port is answered with a status that fits. A port that is not published is asked
     * at the container's own address.
     *
     * @throws WaitException where it is not in time, or the container ends
     */
    public void awaitHttp(int port, String path, IntPredicate status, Duration most) {
        new Waiting(this).answers(port, path, status, most);
    }

    /**
     * The host's port that leads to a port of it (TCP) while it runs.
     *
     * @throws BerthException NOT_FOUND where none does
     */
    public int hostPort(int port) {
        return published(port)
                .map(Published::hostPort)
                .orElseThrow(() -> new BerthException(
                        BerthException.Kind.NOT_FOUND,
                        "no port of the host leads to port " + port + " of " + this + ", which is " + state()
                                + ": publish it with ContainerSpec.port(" + port + ")"));
    }

    private Optional<Published> published(int port) {
        return inspect().ports().stream()
                .filter(one -> one.containerPort().equals(port + "/tcp") && one.hostPort() != 0)
                .findFirst();
    }

    /**
     * Its address in its first network, while it runs.
     *
     * @throws BerthException NOT_FOUND where it has none
     */
    public String address() {
        return inspect().networks().stream()
                .flatMap(place -> place.endpoint().stream())
                .map(endpoint -> Endpoint.address(endpoint.ipv4().isEmpty() ? endpoint.ipv6() : endpoint.ipv4()))
                .filter(address -> !address.isEmpty())
                .findFirst()
                .orElseThrow(() -> new BerthException(
                        BerthException.Kind.NOT_FOUND, this + " has no address of its own; it is " + state()));
    }

    /** Where a port of it is reached from this host. */
    InetSocketAddress reachable(int port) {
        return published(port)
                .map(one -> InetSocketAddress.createUnresolved(
                        one.hostAddress().equals("0.0.0.0") ? "127.0.0.1" : one.hostAddress(), one.hostPort()))
                .orElseGet(() -> InetSocketAddress.createUnresolved(address(), port));
    }

    /** Its first process's number on the host; 0 where it does not run. */
    int pid() {
        return inspect().state().pid();
    }

    /** Copies a file to a path in it, or what is in a folder into a directory of it; what is missing on the way is made. */
    public void copyIn(Path source, String target) {
        Failures.does(() -> files().in(source, target));
    }

    /** Writes a file in it, with the mode 0644. */
    public void write(String path, String content) {
        Failures.does(() -> files().in(content.getBytes(StandardCharsets.UTF_8), path, FILE_MODE));
    }

    /** Copies a file of it to a path of the host, or what is in a directory of it into a folder. */
    public void copyOut(String source, Path target) {
        Failures.does(() -> files().out(source, target));
    }

    /** Reads a file of it, as UTF-8. */
    public String read(String path) {
        return Failures.gives(() -> new String(files().content(path), StandardCharsets.UTF_8));
    }

    private CopiedFiles files() {
        return new CopiedFiles(engine(), id);
    }

    /** Ends and removes it. Nothing happens where it is gone, or its engine is. */
    @Override
    public void close() {
        if (berth.isClosed()) {
            return;
        }
        Failures.does(() -> {
            try {
                engine().containers().remove(id, RemoveRequest.FORCE);
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.NOT_FOUND) {
                    throw e;
                }
            }
        });
    }

    private static void unlessAsWanted(Runnable deed) {
        Failures.does(() -> {
            try {
                deed.run();
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.NOT_MODIFIED) {
                    throw e;
                }
            }
        });
    }

    private ContainerInspection inspect() {
        return Failures.gives(() -> engine().containers().inspect(id));
    }

    private Engine engine() {
        return berth.engine();
    }

    @Override
    public String toString() {
        return "container " + name + " (" + id.substring(0, SHORT_ID_CHARS) + ")";
    }
}
