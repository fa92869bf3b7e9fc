package dev.berth.engine.log;

import dev.berth.engine.stream.OutputSink.Stream;
import io.avaje.jsonb.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A line of a log's file as JSON has it (Docker's json-file driver).
 *
 * @param log what was printed, with its line feed unless the line was split
 * @param stream {@code stdout}, {@code stderr} or {@code stdin}
 * @param time in RFC 3339
 */
@Json
record LogRecord(String log, String stream, String time) {
    LogRecord(@Nullable String log, @Nullable String stream, @Nullable String time) {
        this.log = log == null ? "" : log;
        this.stream = stream == null ? "" : stream;
        this.time = time == null ? "" : time;
    }

    /** When it was printed; empty where that is malformed. */
    Optional<Instant> instant() {
        try {
            return Optional.of(Instant.parse(time));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    Stream source() {
        return switch (stream) {
            case "stderr" -> Stream.STDERR;
            case "stdin" -> Stream.STDIN;
            default -> Stream.STDOUT;
        };
    }
}
