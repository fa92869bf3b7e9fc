package dev.berth.level.os.process;

import dev.berth.level.Exit;
import dev.berth.level.ProcessOutput;
import dev.berth.level.SandboxProcess;
import dev.berth.level.WindowSize;
import dev.berth.level.os.process.Ending.Ended;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.event.EventLoop;
import dev.berth.linux.monitor.Monitor;
import dev.berth.linux.process.Pidfd;
import dev.berth.linux.terminal.PseudoTerminal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A process and its streams. All state is touched on the event loop alone; methods pass their work there.
 *
 * <p>When the process has ended, what it wrote before is still in its pipes and is read to the end, or, where another
 * process holds a pipe open, until it is empty: whoever outlives an exec'd process does not keep it from ending.
 */
public final class OsProcess implements SandboxProcess {
    private final EventLoop loop;
    private final int pid;
    private final Ending ending;
    private final AfterEnd afterEnd;
    private final Optional<Fd> terminal;
    private final Optional<InputStream> input;
    private final List<OutputStream> outputs = new ArrayList<>();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private Optional<EventLoop.Registration> end = Optional.empty();
    private Optional<Ended> ended = Optional.empty();
    private boolean over;

    /** Is told of the end on a thread of its own, and says whether the memory limit was the reason. */
    @FunctionalInterface
    public interface AfterEnd {
        boolean ended();
    }

    private OsProcess(
            EventLoop loop, int pid, Ending ending, EngineSide streams, ProcessOutput output, AfterEnd afterEnd) {
        this.loop = loop;
        this.pid = pid;
        this.ending = ending;
        this.afterEnd = afterEnd;
        this.terminal = streams.terminal();
        this.input = streams.input().map(fd -> new InputStream(loop, fd));
        streams.outputs().forEach(source -> outputs.add(new OutputStream(loop, source, output, this::outputChanged)));
    }

    /**
     * Takes over a child that runs, and the engine's side of its streams; both are closed when it has ended.
     *
     * @param output called on the loop's thread
     */
    public static OsProcess of(EventLoop loop, Pidfd child, Streams streams, ProcessOutput output, AfterEnd afterEnd) {
        EngineSide side = EngineSide.of(streams, Optional.empty());
        OsProcess process = new OsProcess(loop, child.pid(), new Ending.OfChild(child), side, output, afterEnd);
        streams.handOver();
        loop.execute(process::begin);
        return process;
    }

    /**
     * The same for a process with a monitor, which is ended when the process has ended and all it wrote was given away.
     *
     * @param pid the process's
     * @param spools where what it wrote is held until the engine has kept it
     */
    public static OsProcess of(
            EventLoop loop,
            Monitor monitor,
            int pid,
            Streams streams,
            Path spools,
            ProcessOutput output,
            AfterEnd afterEnd) {
        EngineSide side = EngineSide.of(streams, Optional.of(spools));
        OsProcess process = new OsProcess(loop, pid, new Ending.OfMonitored(monitor, pid), side, output, afterEnd);
        streams.handOver();
        loop.execute(process::begin);
        return process;
    }

    /**
     * Takes up a process by the monitor that another engine has left.
     *
     * @param kept up to where the streams need not be given again
     */
    public static OsProcess takeUp(
            EventLoop loop,
            Monitor monitor,
            Streams.Shape shape,
            Path spools,
            Map<ProcessOutput.Stream, Long> kept,
            ProcessOutput output,
            AfterEnd afterEnd) {
        EngineSide side = EngineSide.of(monitor, shape, spools, kept);
        int pid = monitor.processId();
        OsProcess process = new OsProcess(loop, pid, new Ending.OfMonitored(monitor, pid), side, output, afterEnd);
        loop.execute(process::begin);
        return process;
    }

    /** Takes up a process of which nothing is left but how it ended and what it printed. */
    public static OsProcess takeUp(
            EventLoop loop,
            Monitor.Report report,
            Streams.Shape shape,
            Path spools,
            Map<ProcessOutput.Stream, Long> kept,
            ProcessOutput output,
            AfterEnd afterEnd) {
        EngineSide side = EngineSide.ofEnded(shape, spools, kept);
        Ending ending = new Ending.Known(EngineSide.ended(), new Ended(report.status(), report.at()));
        OsProcess process = new OsProcess(loop, 0, ending, side, output, afterEnd);
        loop.execute(process::begin);
        return process;
    }

    /** The mount of the terminals that a monitor holds; empty where it does not. The caller closes it. */
    public static Optional<Fd> terminals(Monitor monitor) {
        return monitor.held(EngineSide.HELD_TERMINALS);
    }

    /** Removes what was spooled. */
    public static void forget(Path spools) {
        EngineSide.forget(spools);
    }

    private void begin() {
        outputs.forEach(OutputStream::begin);
        if (!over) {
            end = Optional.of(loop.register(ending.fd(), EventLoop.READABLE, events -> processEnded()));
        }
    }

    private void processEnded() {
        stopWaiting();
        ended = Optional.of(ending.ended());
        outputs.forEach(OutputStream::drain);
        outputChanged();
    }

    private void stopWaiting() {
        end.ifPresent(EventLoop.Registration::cancel);
        end = Optional.empty();
    }

    /** Finishes once the process has ended and its streams are empty. */
    private void outputChanged() {
        if (ended.isEmpty() || over || !outputs.stream().allMatch(OutputStream::isAtEnd)) {
            return;
        }
        over = true;
        input.ifPresent(InputStream::end);
        Ended how = ended.get();
        // Whoever waits for the end goes on with work of its own, which must not hold up the loop.
        Thread.ofVirtual().name("end of process " + pid).start(() -> {
            boolean oomKilled = false;
            try {
                oomKilled = afterEnd.ended();
                ending.finish();
            } finally {
                exit.complete(new Exit(how.status().shellCode(), oomKilled, how.at()));
            }
        });
    }

    @Override
    public int pid() {
        return pid;
    }

    /** The process itself, alive or not; for entering its namespaces. Runs nothing once it is gone. */
    public <T> Optional<T> withChild(Function<Pidfd, T> use) {
        return ending.withProcess(use);
    }

    @Override
    public CompletableFuture<Void> write(ByteBuffer bytes) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (input.isEmpty()) {
            bytes.position(bytes.limit());
            done.complete(null);
        } else {
            loop.execute(() -> input.get().write(bytes, done));
        }
        return done;
    }

    @Override
    public void closeInput() {
        if (terminal.isEmpty()) {
            input.ifPresent(stream -> loop.execute(() -> stream.endAfterWrite(ending::inputClosed)));
        }
    }

    @Override
    public void resize(WindowSize size) {
        terminal.ifPresent(master -> loop.execute(() -> {
            if (master.isOpen()) {
                PseudoTerminal.resize(master, size.rows(), size.columns());
            }
        }));
    }

    @Override
    public void signal(int signal) {
        withChild(process -> process.signal(signal));
    }

    @Override
    public void resumeOutput() {
        loop.execute(() -> outputs.forEach(OutputStream::resume));
    }

    @Override
    public void kept(ProcessOutput.Stream stream, long position) {
        loop.execute(() ->
                outputs.stream().filter(output -> output.stream() == stream).forEach(output -> output.kept(position)));
    }

    /** What it still writes is forgotten: nobody is there to take it, and nothing shall wait for that. */
    public void forsakeOutput() {
        loop.execute(() -> outputs.forEach(OutputStream::end));
    }

    /** Lets go of it for an engine that comes later; its exit is never told here. Returns when that is done. */
    public void leave() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> {
            if (!over) {
                over = true;
                stopWaiting();
                outputs.forEach(OutputStream::leave);
                input.ifPresent(InputStream::end);
                ending.leave();
            }
            done.complete(null);
        });
        done.join();
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit.copy();
    }

    static boolean wouldBlock(long result) {
        return result == -Errno.EAGAIN.number();
    }
}
