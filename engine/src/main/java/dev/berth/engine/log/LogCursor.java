package dev.berth.engine.log;

import dev.berth.engine.log.LogFiles.Opened;
import dev.berth.engine.log.LogFiles.Position;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a log's files record by record, from one generation into the next. */
final class LogCursor implements AutoCloseable {
    private final LogFiles files;
    private @Nullable Opened file;
    private @Nullable RecordSource source;

    LogCursor(LogFiles files) {
        this.files = files;
    }

    /** Goes to where the last records before a place begin: reads backwards, and no more than it must. */
    void seekLast(long records, Position end) throws IOException {
        long wanted = records;
        Opened last = null;
        long offset = 0;
        for (long number = end.generation(); wanted > 0 || last == null; number--) {
            Optional<Opened> opened = files.openBack(number);
            if (opened.isEmpty()) {
                break;
            }
            if (last != null) {
                last.channel().close();
            }
            last = opened.get();
            number = last.generation();
            long limit = limit(last, end);
            if (wanted == 0) {
                offset = limit;
                break;
            }
            RecordFormat.Tail tail = files.format().last(last.channel(), limit, wanted);
            offset = tail.offset();
            wanted -= tail.records();
        }
        if (last != null) {
            use(last, offset);
        }
    }

    /** The next record before the given place; empty when there is none yet. */
    Optional<LogRecord> next(Position end) throws IOException {
        while (true) {
            Opened current = file;
            RecordSource reading = source;
            if (current != null && reading != null) {
                reading.limit(limit(current, end));
                Optional<LogRecord> record = files.format().next(reading);
                if (record.isPresent() || current.generation() >= end.generation()) {
                    return record;
                }
            }
            Optional<Opened> next = files.openFrom(current == null ? 0 : current.generation() + 1);
            if (next.isEmpty()) {
                return Optional.empty();
            }
            close();
            use(next.get(), 0);
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.channel().close();
            file = null;
            source = null;
        }
    }

    private void use(Opened opened, long offset) {
        file = opened;
        source = new RecordSource(opened.channel(), offset);
    }

    /** How far a file may be read: to the place where that is in it, to its end where it is older. */
    private static long limit(Opened opened, Position end) throws IOException {
        if (opened.generation() > end.generation()) {
            return 0;
        }
        return opened.generation() < end.generation() ? opened.channel().size() : end.offset();
    }
}
