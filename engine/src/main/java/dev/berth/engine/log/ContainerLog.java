package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.log.LogFiles.Position;
import dev.berth.engine.stream.OutputSink.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What one container prints, on its way to its file: taken on a thread that must not block, written by a virtual thread
 * that lives while there is something to write.
 */
public final class ContainerLog {
    private final LogOptions options;
    private final LogFiles files;
    private final System.Logger problems;
    private final Map<Stream, RecordEncoder> encoders = new EnumMap<>(Stream.class);
    private final Queue<Entry> queue = new ArrayDeque<>();
    private Runnable ready = () -> {};
    private long queuedBytes;
    private boolean writing;
    private boolean refused;
    private boolean live;
    private boolean broken;

    /** The log whose current file is the given one, which is made with the first line. */
    public ContainerLog(Path file, LogOptions options, System.Logger problems) {
        this.options = options;
        this.files = new LogFiles(file, options);
        this.problems = problems;
    }

    private sealed interface Entry {
        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Chunk(Stream stream, byte[] bytes, Instant at) implements Entry {}

        record Mark(CompletableFuture<Position> position, boolean endOfRun) implements Entry {}
    }

    public LogOptions options() {
        return options;
    }

    /** A run of the container begins. The callback is for when there is room again after {@link #take} said no. */
    public synchronized void begin(Runnable ready) {
        this.ready = ready;
        live = true;
        broken = false;
    }

    /** Takes what was printed. Returns false to get no more until the run's callback; these bytes are taken all the same. */
    public boolean take(Stream stream, ByteBuffer bytes) {
        if (!options.kept() || !bytes.hasRemaining()) {
            return true;
        }
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        synchronized (this) {
            queue.add(new Entry.Chunk(stream, copy, Instant.now()));
            queuedBytes += copy.length;
            write();
            refused |= queuedBytes > Limits.LOG_BATCH_BYTES; // until there is room for much
            return !refused;
        }
    }

    /** The run is over: completes when all that it printed can be read. */
    public CompletableFuture<Void> end() {
        return mark(true).thenAccept(position -> {});
    }

    /** The place up to which the log tells what was taken so far, but for unfinished lines. */
    public LogMark mark() {
        return new LogMark(mark(false));
    }

    LogFiles files() {
        return files;
    }

    /** Waits until there is more to read than up to this place; gives false once the run is over or the reader is. */
    synchronized boolean awaitMore(Position seen, BooleanSupplier isOver) throws IOException, InterruptedException {
        while (!seen.isBefore(files.end())) {
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
        if (queue.isEmpty() && !writing && encoders.isEmpty()) {
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
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        while (true) {
            Entry entry = next();
            if (entry == null || records.size() > Limits.LOG_BATCH_BYTES || entry instanceof Entry.Mark) {
                append(records);
            }
            switch (entry) {
                case null -> {
                    if (isDone()) {
                        return;
                    }
                }
                case Entry.Chunk(Stream stream, byte[] bytes, Instant at) -> {
                    encoders.computeIfAbsent(stream, RecordEncoder::new).encode(bytes, at, records);
                    taken(bytes.length).run();
                }
                case Entry.Mark(CompletableFuture<Position> position, boolean endOfRun) ->
                    pass(position, endOfRun, records);
            }
        }
    }

    private synchronized @Nullable Entry next() {
        return queue.poll();
    }

    private synchronized boolean isDone() {
        writing = !queue.isEmpty();
        return !writing;
    }

    /** Counts bytes as gone; gives what to do about it. */
    private synchronized Runnable taken(int bytes) {
        queuedBytes -= bytes;
        if (!refused || queuedBytes > Limits.LOG_BATCH_BYTES / 2) {
            return () -> {};
        }
        refused = false;
        return ready;
    }

    private void pass(CompletableFuture<Position> position, boolean endOfRun, ByteArrayOutputStream records) {
        if (endOfRun) {
            encoders.values().forEach(encoder -> encoder.finish(records));
            append(records);
            synchronized (this) {
                encoders.clear();
                live = false;
                notifyAll();
            }
            try {
                files.close();
            } catch (IOException e) {
                problems.log(Level.WARNING, "closing a log failed: " + e.getMessage());
            }
        }
        complete(position);
    }

    private void complete(CompletableFuture<Position> position) {
        try {
            position.complete(files.end());
        } catch (IOException e) {
            position.completeExceptionally(e);
        }
    }

    private void append(ByteArrayOutputStream records) {
        if (records.size() == 0) {
            return;
        }
        try {
            files.append(records.toByteArray());
            broken = false;
        } catch (IOException e) {
            if (!broken) {
                broken = true; // once is enough: a full disk would fill the engine's own log next
                problems.log(Level.WARNING, "writing a log failed, output is lost: " + e.getMessage());
            }
        }
        records.reset();
        wake();
    }
}
