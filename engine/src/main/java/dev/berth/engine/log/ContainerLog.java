package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LineCutter.Place;
import dev.berth.engine.log.LogDriver.Written;
import dev.berth.engine.log.LogFiles.Position;
import dev.berth.engine.stream.OutputSink.Stream;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one container prints, on its way to where it is kept: taken on a thread that must not block, written by a virtual
 * thread that lives while there is something to write.
 *
 * <p>After each batch a checkpoint says how far the run's output is in the log. When the engine is killed, the next one
 * makes the log end there, and is given again what comes after: each byte is in the log once.
 */
public final class ContainerLog {
    private final LogOptions options;
    private final LogDriver driver;
    private final Supplier<LogSource> source;
    private final Optional<Path> path;
    private final System.Logger problems;
    private final Queue<Entry> queue = new ArrayDeque<>();
    private final Map<Stream, Gap> gaps = new EnumMap<>(Stream.class);
    private long queuedBytes;
    private boolean writing;
    private boolean refused;
    private boolean live;
    /** The run; the writing thread's own while there is output. */
    private volatile LogRun run;

    /**
     * The log of a container, whose files are made with the first line.
     *
     * @param directory where files go that outlast the engine
     * @param source what the container is when a run begins
     */
    public static ContainerLog in(
            Path directory, LogOptions options, Supplier<LogSource> source, Jsonb jsonb, System.Logger problems) {
        return new ContainerLog(options, new LogDrivers(directory, jsonb, problems), source, problems);
    }

    private ContainerLog(LogOptions options, LogDrivers drivers, Supplier<LogSource> source, System.Logger problems) {
        this.options = options;
        this.source = source;
        String id = source.get().id();
        this.path = drivers.shownPath(options.target(), id);
        this.driver = drivers.make(options, id);
        this.problems = problems;
        this.run = new LogRun(driver, problems);
    }

    private sealed interface Entry {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Chunk(Stream stream, byte[] bytes, Instant at) implements Entry {}

        record Mark(CompletableFuture<Position> position, boolean endOfRun) implements Entry {}
    }

    /** What was dropped of a stream, before all that waits. */
    private record Gap(long bytes, boolean endsLine) {}

    public LogOptions options() {
        return options;
    }

    /** The file that Docker shows to whoever asks: json-file's alone. */
    public Optional<Path> path() {
        return path;
    }

    /**
     * A run of the container begins, with nothing printed.
     *
     * @param checkpointFile where to say how far the run's output is kept: made with the first output, and there until
     *     {@link #forget} or the next run; in a directory that does not outlast a reboot
     * @throws EngineException FAILED where the driver cannot reach where messages go
     */
    public void begin(Path checkpointFile, RunOutput output) {
        CheckpointFile checkpoint = new CheckpointFile(checkpointFile);
        try {
            checkpoint.delete();
        } catch (IOException e) {
            problems.log(Level.WARNING, "removing the checkpoint of an earlier run failed: " + e.getMessage());
        }
        enter(new LogRun(driver, problems, checkpoint, output, Place.START, Place.START));
        try {
            driver.open(source.get());
        } catch (IOException e) {
            throw EngineException.failed("failed to initialize logging driver: " + e.getMessage(), e);
        }
    }

    /**
     * A run goes on that an earlier engine began. The log is made to end where that engine's last checkpoint was.
     *
     * @return from where each stream is to be given again: bytes since the run began
     */
    public Map<Stream, Long> resume(Path checkpointFile, RunOutput output) {
        CheckpointFile file = new CheckpointFile(checkpointFile);
        Place stdout = Place.START;
        Place stderr = Place.START;
        try {
            Optional<Checkpoint> last = file.read();
            if (last.isPresent()) {
                stdout = last.get().stdout();
                stderr = last.get().stderr();
                driver.takeBack(new Written(last.get().inode(), last.get().length()));
            }
        } catch (IOException e) {
            problems.log(Level.WARNING, "taking a log up again failed, it may say things twice: " + e.getMessage());
        }
        enter(new LogRun(driver, problems, file, output, stdout, stderr));
        try {
            driver.open(source.get());
        } catch (IOException e) {
            problems.log(Level.WARNING, "taking a log up again: " + e.getMessage() + "; it is tried with each line");
        }
        Map<Stream, Long> positions = new EnumMap<>(Stream.class);
        positions.put(Stream.STDOUT, stdout.position());
        positions.put(Stream.STDERR, stderr.position());
        return positions;
    }

    private synchronized void enter(LogRun next) {
        run = next;
        live = true;
    }

    /** Takes what was printed. Returns false to get no more until the run's callback; these bytes are taken all the same. */
    public boolean take(Stream stream, ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return true;
        }
        if (!options.isKept()) {
            run.pass(stream, bytes.remaining());
            return true;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        synchronized (this) {
            options.dropAbove().ifPresent(limit -> makeRoom(limit - copy.length));
            queue.add(new Entry.Chunk(stream, copy, Instant.now()));
            queuedBytes += copy.length;
            write();
            refused |=
                    options.dropAbove().isEmpty() && queuedBytes > Limits.LOG_QUEUE_BYTES; // until there is much room
            return !refused;
        }
    }

    /** Drops what has waited longest, so that no more than this waits. */
    private void makeRoom(long limit) {
        Iterator<Entry> oldest = queue.iterator();
        while (queuedBytes > limit && oldest.hasNext()) {
            if (oldest.next() instanceof Entry.Chunk chunk) {
                oldest.remove();
                queuedBytes -= chunk.bytes().length;
                boolean endsLine = chunk.bytes()[chunk.bytes().length - 1] == '\n';
                Gap before = gaps.get(chunk.stream());
                long bytes = (before == null ? 0 : before.bytes()) + chunk.bytes().length;
                gaps.put(chunk.stream(), new Gap(bytes, endsLine));
            }
        }
    }

    /** The run is over: completes when all that it printed can be read. Its checkpoint stays, and says the same. */
    public CompletableFuture<Void> end() {
        return mark(true).thenAccept(position -> {});
    }

    /** The run goes on without this engine: completes when all that was taken of it is kept, but for unfinished lines. */
    public CompletableFuture<Void> leave() {
        return mark(false).thenAccept(position -> closeDriver());
    }

    /** Nobody will ask to resume the run that has ended, for it is known that it has: its checkpoint goes. */
    public void forget() {
        run.forget();
    }

    /** The place up to which the log tells what was taken so far, but for unfinished lines. */
    public LogMark mark() {
        return new LogMark(mark(false));
    }

    LogFiles files() {
        return driver.readable().orElseThrow();
    }

    /** Waits until there is more to read than up to this place; gives false once the run is over or the reader is. */
    synchronized boolean awaitMore(Position seen, BooleanSupplier isOver) throws IOException, InterruptedException {
        while (!seen.isBefore(files().end())) {
            if (!live || isOver.getAsBoolean()) {
                return false;
            }
            wait();
        }
        return true;
    }

    /** Wakes readers that wait, so that they see that they were closed. */
    synchronized void wake() {
        notifyAll();
    }

    private synchronized CompletableFuture<Position> mark(boolean endOfRun) {
        CompletableFuture<Position> position = new CompletableFuture<>();
        if (queue.isEmpty() && !writing && run.isSilent()) {
            // the common case of a container that prints nothing: no thread, no file
            live &= !endOfRun;
            notifyAll();
            complete(position);
        } else {
            queue.add(new Entry.Mark(position, endOfRun));
            write();
        }
        return position;
    }

    private void write() {
        if (!writing) {
            writing = true;
            Thread.ofVirtual().start(this::writeAll);
        }
    }

    private void writeAll() {
        while (true) {
            Entry entry = next();
            if (!(entry instanceof Entry.Chunk)) {
                flush();
            }
            switch (entry) {
                case null -> {
                    if (isDone()) {
                        return;
                    }
                }
                case Entry.Chunk(Stream stream, byte[] bytes, Instant at) -> {
                    if (run.print(stream, bytes, at)) {
                        wake();
                    }
                    taken(bytes.length).run();
                }
                case Entry.Mark(CompletableFuture<Position> position, boolean endOfRun) -> {
                    if (endOfRun) {
                        endRun();
                    }
                    complete(position);
                }
            }
        }
    }

    private synchronized @Nullable Entry next() {
        if (!gaps.isEmpty()) {
            gaps.forEach((stream, gap) -> run.drop(stream, gap.bytes(), gap.endsLine()));
            gaps.clear();
        }
        return queue.poll();
    }

    private synchronized boolean isDone() {
        writing = !queue.isEmpty();
        return !writing;
    }

    /** Counts bytes as gone; gives what to do about it. */
    private synchronized Runnable taken(int bytes) {
        queuedBytes -= bytes;
        if (!refused || queuedBytes > Limits.LOG_QUEUE_BYTES / 2) {
            return () -> {};
        }
        refused = false;
        return run::ready;
    }

    private void flush() {
        if (run.flush()) {
            wake();
        }
    }

    private void endRun() {
        run.end();
        synchronized (this) {
            live = false;
            notifyAll();
        }
        closeDriver();
    }

    private void closeDriver() {
        try {
            driver.close();
        } catch (IOException e) {
            problems.log(Level.WARNING, "closing a log failed: " + e.getMessage());
        }
    }

    private void complete(CompletableFuture<Position> position) {
        try {
            Optional<LogFiles> files = driver.readable();
            position.complete(files.isPresent() ? files.get().end() : Position.NOWHERE);
        } catch (IOException e) {
            position.completeExceptionally(e);
        }
    }
}
