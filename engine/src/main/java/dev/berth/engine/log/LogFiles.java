package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of one log: {@code x.log} and, the younger the lower the number, {@code x.log.1} and so on. Each file is a
 * generation; the current one has the highest number, so that a reader can go on where it was after a rotation.
 */
final class LogFiles {
    private final Path current;
    private final LogOptions options;
    private @Nullable FileChannel writer;
    private volatile @Nullable Position end;
    private long generation = Limits.LOG_FILES; // the files of an earlier engine are counted down from here
    private long size;

    LogFiles(Path current, LogOptions options) {
        this.current = current;
        this.options = options;
    }

    /** A place in a log: a generation of its files, and a number of bytes into it. */
    record Position(long generation, long offset) {
        boolean isBefore(Position other) {
            return generation < other.generation || (generation == other.generation && offset < other.offset);
        }
    }

    /** A file being read; the reader closes it. */
    record Opened(long generation, FileChannel channel) {}

    /** Appends whole records, rotating where one does not fit any more. */
    synchronized void append(byte[] records) throws IOException {
        int start = 0;
        while (start < records.length) {
            FileChannel channel = writer();
            int end = options.maxFileBytes() == 0 ? records.length : fitting(records, start);
            ByteBuffer bytes = ByteBuffer.wrap(records, start, end - start);
            while (bytes.hasRemaining()) {
                size += channel.write(bytes);
            }
            start = end;
            if (options.maxFileBytes() > 0 && size >= options.maxFileBytes()) {
                rotate();
            }
        }
        end = new Position(generation, size);
    }

    /** Where the log ends now. Waits for no write. */
    Position end() throws IOException {
        Position known = end;
        return known != null ? known : findEnd();
    }

    /** Opens the oldest file there is from this generation on. */
    synchronized Optional<Opened> openFrom(long from) throws IOException {
        for (long number = Math.max(from, generation - options.maxFiles() + 1); number <= generation; number++) {
            try {
                return Optional.of(new Opened(number, FileChannel.open(file(number), StandardOpenOption.READ)));
            } catch (NoSuchFileException e) {
                // never written, or gone: the next is as good
            }
        }
        return Optional.empty();
    }

    /** Closes the current file; it is opened again when it is written to. */
    synchronized void close() throws IOException {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    private synchronized Position findEnd() throws IOException {
        if (end == null) {
            end = new Position(generation, Files.exists(current) ? Files.size(current) : 0);
        }
        return end;
    }

    private FileChannel writer() throws IOException {
        if (writer == null) {
            writer = FileChannel.open(
                    current, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            size = writer.size();
        }
        return writer;
    }

    /** The end of the records that go into the current file: all up to the one that reaches its limit. */
    private int fitting(byte[] records, int start) {
        long room = options.maxFileBytes() - size;
        int end = (int) Math.min(records.length, Math.max(start + 1, start + room));
        while (end < records.length && records[end - 1] != '\n') {
            end++;
        }
        return end;
    }

    private void rotate() throws IOException {
        close();
        for (int number = options.maxFiles() - 2; number >= 0; number--) {
            Path from = file(generation - number);
            if (Files.exists(from)) {
                Files.move(from, file(generation - number - 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.deleteIfExists(current);
        generation++;
        size = 0;
    }

    private Path file(long number) {
        return number == generation
                ? current
                : current.resolveSibling(current.getFileName() + "." + (generation - number));
    }
}
