package dev.berth.level.os.process;

import dev.berth.level.Exit;
import dev.berth.level.ProcessOutput;
import dev.berth.level.SandboxProcess;
import dev.berth.level.WindowSize;
import dev.berth.linux.Errno;
import dev.berth.linux.event.EventLoop;
import dev.berth.linux.process.ExitStatus;
import dev.berth.linux.process.Pidfd;
import dev.berth.linux.terminal.PseudoTerminal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A child and its streams. All state but the descriptor of the process is touched on the event loop alone; methods pass
 * their work there.
 *
 * <p>When the process has ended, what it wrote before is still in its pipes and is read to the end, or, where another
 * process holds a pipe open, until it is empty: whoever outlives an exec'd process does not keep it from ending.
 */
public final class OsProcess implements SandboxProcess {
    private final EventLoop loop;
    private final Pidfd child;
    private final AfterEnd afterEnd;
    private final Optional<PseudoTerminal> terminal;
    private final Optional<InputStream> input;
    private final List<OutputStream> outputs = new ArrayList<>();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();
    private Optional<ExitStatus> status = Optional.empty();
    private Instant endedAt = Instant.MIN;
    private boolean childClosed;

    /** Is told of the end on a thread of its own, and says whether the memory limit was the reason. */
    @FunctionalInterface
    public interface AfterEnd {
        boolean ended();
    }

    private OsProcess(EventLoop loop, Pidfd child, Streams streams, ProcessOutput output, AfterEnd afterEnd) {
        this.loop = loop;
        this.child = child;
        this.afterEnd = afterEnd;
        this.terminal = streams.terminal();
        this.input = streams.input().map(fd -> new InputStream(loop, fd));
        for (int i = 0; i < streams.outputs().size(); i++) {
            ProcessOutput.Stream stream = i == 0 ? ProcessOutput.Stream.STDOUT : ProcessOutput.Stream.STDERR;
            outputs.add(new OutputStream(loop, streams.outputs().get(i), stream, output, this::outputChanged));
        }
    }

    /**
     * Takes over a child that runs, and the engine's side of its streams; both are closed when it has ended.
     *
     * @param output called on the loop's thread
     */
    public static OsProcess of(EventLoop loop, Pidfd child, Streams streams, ProcessOutput output, AfterEnd afterEnd) {
        OsProcess process = new OsProcess(loop, child, streams, output, afterEnd);
        streams.handOver();
        loop.execute(process::begin);
        return process;
    }

    private void begin() {
        outputs.forEach(OutputStream::begin);
        EventLoop.Registration[] end = new EventLoop.Registration[1];
        end[0] = loop.register(child.fd(), EventLoop.READABLE, events -> {
            end[0].cancel();
            ended();
        });
    }

    private void ended() {
        status = Optional.of(child.reapNow());
        endedAt = Instant.now();
        synchronized (child) {
            childClosed = true;
            child.close();
        }
        outputs.forEach(OutputStream::drain);
        outputChanged();
    }

    /** Finishes once the process has ended and its streams are empty. */
    private void outputChanged() {
        if (status.isEmpty() || exit.isDone() || !outputs.stream().allMatch(OutputStream::isAtEnd)) {
            return;
        }
        input.ifPresent(InputStream::end);
        ExitStatus how = status.get();
        // Whoever waits for the end goes on with work of its own, which must not hold up the loop.
        Thread.ofVirtual().name("end of process " + child.pid()).start(() -> {
            boolean oomKilled = false;
            try {
                oomKilled = afterEnd.ended();
            } finally {
                exit.complete(new Exit(how.shellCode(), oomKilled, endedAt));
            }
        });
    }

    @Override
    public int pid() {
        return child.pid();
    }

    /** The process itself, while it has not been waited for; for entering its namespaces. Runs nothing otherwise. */
    public <T> Optional<T> withChild(Function<Pidfd, T> use) {
        synchronized (child) {
            return childClosed ? Optional.empty() : Optional.of(use.apply(child));
        }
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
            input.ifPresent(stream -> loop.execute(stream::endAfterWrite));
        }
    }

    @Override
    public void resize(WindowSize size) {
        terminal.ifPresent(t -> loop.execute(() -> {
            if (t.master().isOpen()) {
                t.resize(size.rows(), size.columns());
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

    /** What it still writes is forgotten: nobody is there to take it, and nothing shall wait for that. */
    public void forsakeOutput() {
        loop.execute(() -> outputs.forEach(OutputStream::end));
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return exit.copy();
    }

    static boolean wouldBlock(long result) {
        return result == -Errno.EAGAIN.number();
    }
}
