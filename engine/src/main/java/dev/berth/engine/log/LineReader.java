package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.log.LogFiles.Opened;
import dev.berth.engine.log.LogFiles.Position;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a log's files line by line, from one generation into the next. */
final class LineReader implements AutoCloseable {
    private static final int BLOCK_BYTES = 64 << 10;

    private final LogFiles files;
    private final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).limit(0);
    private @Nullable Opened file;
    private long offset;
    private long skip;

    LineReader(LogFiles files) {
        this.files = files;
    }

    /** Goes to where the last lines begin: so many before this end. */
    void seekLast(long lines, Position end) throws IOException {
        long counted = 0;
        try (LineReader counter = new LineReader(files)) {
            while (counter.next(end).isPresent()) {
                counted++;
            }
        }
        skip = Math.max(0, counted - lines);
    }

    /** The next whole line before the given place, without its end; empty when there is none yet. */
    Optional<byte[]> next(Position end) throws IOException {
        while (skip > 0 && line(end).isPresent()) {
            skip--;
        }
        return line(end);
    }

    /** How far it has read. */
    Position position() {
        return file == null ? new Position(0, 0) : new Position(file.generation(), offset);
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.channel().close();
            file = null;
        }
    }

    private Optional<byte[]> line(Position end) throws IOException {
        while (true) {
            Opened current = file;
            if (current == null
                    || (current.generation() < end.generation()
                            && offset >= current.channel().size())) {
                if (!open(current == null ? 0 : current.generation() + 1)) {
                    return Optional.empty();
                }
                continue;
            }
            long limit =
                    current.generation() < end.generation() ? current.channel().size() : end.offset();
            return current.generation() > end.generation() || offset >= limit ? Optional.empty() : read(current, limit);
        }
    }

    private boolean open(long from) throws IOException {
        Optional<Opened> next = files.openFrom(from);
        if (next.isEmpty()) {
            return false;
        }
        close();
        file = next.get();
        offset = 0;
        block.limit(0);
        return true;
    }

    /** Reads to the next line feed; a line that has none (a crash cut it off) ends with its file. */
    private Optional<byte[]> read(Opened current, long limit) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        while (offset < limit) {
            if (!block.hasRemaining() && !fill(current)) {
                break;
            }
            byte next = block.get();
            offset++;
            if (next == '\n') {
                return Optional.of(line.toByteArray());
            }
            if (line.size() < Limits.LOG_RECORD_BYTES) {
                line.write(next);
            }
        }
        return Optional.of(line.toByteArray());
    }

    private boolean fill(Opened current) throws IOException {
        block.clear();
        int read = current.channel().read(block, offset);
        block.flip();
        return read > 0;
    }
}
