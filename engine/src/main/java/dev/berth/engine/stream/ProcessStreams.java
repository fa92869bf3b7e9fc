package dev.berth.engine.stream;

import dev.berth.level.ProcessOutput;
import dev.berth.level.SandboxProcess;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes into and comes out of a process: its output goes to a log and to everyone who is attached, and the slowest
 * of them holds up the process. It is there before the process, and may serve one process after another.
 */
public final class ProcessStreams implements ProcessOutput {
    private final Log log;
    private final Input mode;
    private final StandardInput input = new StandardInput();
    private final List<Outlet> outlets = new CopyOnWriteArrayList<>();
    private final Set<Object> blocking = new HashSet<>();
    /** Held while bytes go to the log, so that each is either before or after a taker's arrival. */
    private final Object instant = new Object();

    private @Nullable SandboxProcess process;
    private boolean paused;

    /** Takes all output, and never ends. */
    @FunctionalInterface
    public interface Log {
        /** Takes the bytes; false to get no more until {@link ProcessStreams#logReady()}. Must not block. */
        boolean take(OutputSink.Stream stream, ByteBuffer bytes);
    }

    /** What becomes of the standard input. */
    public enum Input {
        /** There is none. */
        NONE,
        /** It stays open when a writer goes. */
        OPEN,
        /** It ends with its first writer. */
        ONCE
    }

    public ProcessStreams(Log log, Input mode) {
        this.log = log;
        this.mode = mode;
    }

    /** Who is attached, and which streams they want. */
    public record Wish(boolean stdin, boolean stdout, boolean stderr) {}

    /** Attaches a taker. The caller closes the result; the sink's end comes with the process's. */
    public Attachment attach(Wish wish, OutputSink sink) {
        Outlet outlet = new Outlet(wish.stdout(), wish.stderr(), sink, false, this::unblock);
        outlets.add(outlet);
        return new Place(outlet, wish.stdin() && mode != Input.NONE);
    }

    /**
     * As {@link #attach}, but what is printed from now on is held back until the taker has heard what was printed before.
     *
     * @param past called at the instant that parts the two; begins to tell, completes when all is told
     */
    @SuppressWarnings("FutureReturnValueIgnored") // released in any case
    public Attachment attachAfter(Supplier<CompletableFuture<Void>> past, Wish wish, OutputSink sink) {
        Outlet outlet = new Outlet(wish.stdout(), wish.stderr(), sink, true, this::unblock);
        CompletableFuture<Void> told;
        synchronized (instant) {
            told = past.get();
            outlets.add(outlet);
        }
        told.whenComplete((done, failure) -> outlet.release());
        return new Place(outlet, wish.stdin() && mode != Input.NONE);
    }

    /** The process runs. */
    public void connect(SandboxProcess started) {
        boolean late;
        synchronized (this) {
            process = started;
            late = paused && blocking.isEmpty();
            paused &= !late;
        }
        if (late) {
            started.resumeOutput(); // whoever held it up has gone on before the process was known here
        }
        input.connect(started);
    }

    /** The process has ended and all its output was given, or it was never started: everyone attached is told. */
    public void disconnect() {
        synchronized (this) {
            process = null;
            paused = false;
            blocking.clear();
        }
        List<Outlet> last = List.copyOf(outlets);
        outlets.removeAll(last);
        last.forEach(Outlet::end);
        input.disconnect();
    }

    /** The log can take more. */
    public void logReady() {
        unblock(log);
    }

    @Override
    public boolean data(Stream stream, ByteBuffer bytes) {
        OutputSink.Stream source = switch (stream) {
            case STDOUT -> OutputSink.Stream.STDOUT;
            case STDERR -> OutputSink.Stream.STDERR;
        };
        block(log);
        boolean taken;
        List<Outlet> takers;
        synchronized (instant) {
            taken = log.take(source, bytes.duplicate());
            takers = List.copyOf(outlets);
        }
        if (taken) {
            forget(log);
        }
        for (Outlet outlet : takers) {
            block(outlet);
            if (outlet.offer(source, bytes.duplicate())) {
                forget(outlet);
            }
        }
        return settle();
    }

    @Override
    public void end(Stream stream) {}

    private synchronized void block(Object who) {
        blocking.add(who);
    }

    private synchronized void forget(Object who) {
        blocking.remove(who);
    }

    private void unblock(Object who) {
        forget(who);
        SandboxProcess held;
        synchronized (this) {
            held = paused && blocking.isEmpty() ? process : null;
            paused &= held == null;
        }
        if (held != null) {
            held.resumeOutput();
        }
    }

    /** Says whether output may flow; lets the other stream flow too where it has waited. */
    private boolean settle() {
        SandboxProcess held;
        boolean flows;
        synchronized (this) {
            flows = blocking.isEmpty();
            held = flows && paused ? process : null;
            paused = !flows || (paused && held == null);
        }
        if (held != null) {
            held.resumeOutput();
        }
        return flows;
    }

    /** A taker's place. */
    private final class Place implements Attachment {
        private final Outlet outlet;
        private final boolean writes;

        private Place(Outlet outlet, boolean writes) {
            this.outlet = outlet;
            this.writes = writes;
        }

        @Override
        public CompletableFuture<Void> write(ByteBuffer bytes) {
            if (writes) {
                return input.write(bytes);
            }
            bytes.position(bytes.limit());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void closeInput() {
            if (writes && mode == Input.ONCE) {
                input.close();
            }
        }

        @Override
        public void resume() {
            outlet.resume();
        }

        @Override
        public void close() {
            outlet.detach();
            if (outlets.removeAll(Set.of(outlet))) {
                closeInput();
            }
            unblock(outlet);
        }
    }
}
