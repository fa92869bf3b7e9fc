package dev.berth.engine.log;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogFiles.Position;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.Gate;
import dev.berth.engine.stream.OutputSink;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One reader of a log, on a virtual thread of its own that waits wherever the reader's taker wants. */
public final class LogReading implements Attachment {
    private final ContainerLog log;
    private final LogQuery query;
    private final OutputSink sink;
    private final JsonType<LogRecord> json;
    private final Gate gate = new Gate();

    private LogReading(ContainerLog log, LogQuery query, OutputSink sink, Jsonb jsonb) {
        this.log = log;
        this.query = query;
        this.sink = sink;
        this.json = jsonb.type(LogRecord.class);
    }

    /**
     * Begins to read. The caller closes it to end it early.
     *
     * @throws EngineException UNSUPPORTED where the log is not kept
     */
    public static LogReading start(ContainerLog log, LogQuery query, OutputSink sink, Jsonb jsonb) {
        if (!log.options().kept()) {
            throw EngineException.unsupported("configured logging driver does not support reading");
        }
        return upTo(log.mark(), log, query, sink, jsonb);
    }

    /** As {@link #start}, but of what was printed before the mark, unless the log is followed. */
    public static LogReading upTo(LogMark mark, ContainerLog log, LogQuery query, OutputSink sink, Jsonb jsonb) {
        LogReading reading = new LogReading(log, query, sink, jsonb);
        Thread.ofVirtual().start(() -> reading.run(mark));
        return reading;
    }

    /** Bytes for a log are taken and forgotten. */
    @Override
    public CompletableFuture<Void> write(ByteBuffer bytes) {
        bytes.position(bytes.limit());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void closeInput() {}

    @Override
    public void resume() {
        gate.resume();
    }

    @Override
    public void close() {
        gate.close();
        log.wake();
    }

    private void run(LogMark mark) {
        try {
            read(mark.position.get());
            if (gate.pass(() -> true) && gate.close()) {
                sink.end();
            }
        } catch (IOException | ExecutionException e) {
            if (gate.close()) {
                sink.fail(EngineException.failed("reading the log failed: " + e.getMessage(), e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read(Position mark) throws IOException, InterruptedException {
        Position end = mark;
        try (LineReader lines = new LineReader(log.files())) {
            if (query.tail().isPresent()) {
                lines.seekLast(query.tail().getAsLong(), end);
            }
            boolean more = true;
            while (more) {
                if (!tell(lines, end) || !query.follow()) {
                    return;
                }
                more = awaitMore(end);
                end = log.files().end();
            }
            tell(lines, end);
        }
    }

    private boolean awaitMore(Position seen) throws IOException, InterruptedException {
        return !gate.isClosed() && log.awaitMore(seen, gate::isClosed);
    }

    /** Tells all up to the place; gives whether anybody wants more. */
    private boolean tell(LineReader lines, Position end) throws IOException, InterruptedException {
        for (Optional<byte[]> line = lines.next(end); line.isPresent(); line = lines.next(end)) {
            Optional<LogRecord> record = parse(line.get());
            if (record.isEmpty() || !isWanted(record.get())) {
                continue;
            }
            Instant at = record.get().instant().orElse(Instant.EPOCH);
            if (query.until().filter(at::isAfter).isPresent()
                    || !gate.pass(() -> sink.write(record.get().source(), text(record.get(), at)))) {
                return false;
            }
        }
        return !gate.isClosed();
    }

    /** A line of the file; what a crash cut off is left out. */
    private Optional<LogRecord> parse(byte[] line) {
        try {
            return Optional.of(json.fromJson(line));
        } catch (JsonException | IllegalStateException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private boolean isWanted(LogRecord record) {
        boolean stream = record.source() == OutputSink.Stream.STDERR ? query.stderr() : query.stdout();
        return stream
                && query.since()
                        .flatMap(since -> record.instant().map(at -> !at.isBefore(since)))
                        .orElse(true);
    }

    private ByteBuffer text(LogRecord record, Instant at) {
        String details = query.details() ? " " : "";
        String time = query.timestamps() ? LogTime.fixed(at) + " " : "";
        return ByteBuffer.wrap((time + details + record.log()).getBytes(StandardCharsets.UTF_8));
    }
}
