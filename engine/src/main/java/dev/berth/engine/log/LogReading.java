package dev.berth.engine.log;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.log.LogFiles.Position;
import dev.berth.engine.stream.Attachment;
import dev.berth.engine.stream.Gate;
import dev.berth.engine.stream.OutputSink;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** One reader of a log, on a virtual thread of its own that waits wherever the reader's taker wants. */
public final class LogReading implements Attachment {
    private final ContainerLog log;
    private final LogQuery query;
    private final OutputSink sink;
    private final Gate gate = new Gate();
    private Optional<Instant> since;

    private LogReading(ContainerLog log, LogQuery query, OutputSink sink) {
        this.log = log;
        this.query = query;
        this.sink = sink;
        this.since = query.since();
    }

    /**
     * Begins to read. The caller closes it to end it early.
     *
     * @throws EngineException UNSUPPORTED where the log is not kept
     */
    public static LogReading start(ContainerLog log, LogQuery query, OutputSink sink) {
        if (!log.options().isReadable()) {
            throw EngineException.unsupported("configured logging driver does not support reading");
        }
        return upTo(log.mark(), log, query, sink);
    }

    /** As {@link #start}, but of what was printed before the mark, unless the log is followed. */
    public static LogReading upTo(LogMark mark, ContainerLog log, LogQuery query, OutputSink sink) {
        LogReading reading = new LogReading(log, query, sink);
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
        try (LogCursor records = new LogCursor(log.files())) {
            if (query.tail().isPresent()) {
                records.seekLast(query.tail().getAsLong(), end);
            }
            boolean more = true;
            while (more) {
                if (!tell(records, end) || !query.follow()) {
                    return;
                }
                more = awaitMore(end);
                end = log.files().end();
            }
            tell(records, end);
        }
    }

    private boolean awaitMore(Position seen) throws IOException, InterruptedException {
        return !gate.isClosed() && log.awaitMore(seen, gate::isClosed);
    }

    /** Tells all up to the place; gives whether anybody wants more. */
    private boolean tell(LogCursor records, Position end) throws IOException, InterruptedException {
        for (Optional<LogRecord> next = records.next(end); next.isPresent(); next = records.next(end)) {
            LogRecord record = next.get();
            if (query.until().filter(record.at()::isAfter).isPresent()) {
                return false;
            }
            if (isWanted(record) && !gate.pass(() -> sink.write(record.stream(), text(record)))) {
                return false;
            }
            if (gate.isClosed()) {
                return false;
            }
        }
        return !gate.isClosed();
    }

    /** As Docker: once a record is young enough, so are all that follow. */
    private boolean isWanted(LogRecord record) {
        since = since.filter(record.at()::isBefore);
        return since.isEmpty() && (record.stream() == OutputSink.Stream.STDERR ? query.stderr() : query.stdout());
    }

    private ByteBuffer text(LogRecord record) {
        String time = query.timestamps() ? LogTime.fixed(record.at()) + " " : "";
        byte[] head = (time + (query.details() ? details(record) + " " : "")).getBytes(StandardCharsets.UTF_8);
        byte[] text = Arrays.copyOf(head, head.length + record.text().length);
        System.arraycopy(record.text(), 0, text, head.length, record.text().length);
        return ByteBuffer.wrap(text);
    }

    private static String details(LogRecord record) {
        return new TreeMap<>(record.attributes())
                .entrySet().stream()
                        .map(one -> encoded(one.getKey()) + "=" + encoded(one.getValue()))
                        .collect(Collectors.joining(","));
    }

    /** As in a URL's query, in Go's manner. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
