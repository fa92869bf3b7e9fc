package dev.berth.level.os.process;

import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A piece of a stream in a file: first the place in the stream at which it starts, in 64 bits, then its bytes. A file
 * without a whole start is empty.
 */
final class SpoolFile implements AutoCloseable {
    private static final int HEADER_SIZE = 8;

    private final Path path;
    private Optional<OpenFile> file = Optional.empty();
    private boolean begun;
    private long start;
    private long size;

    private SpoolFile(Path path) {
        this.path = path;
    }

    /** One that is not there. */
    static SpoolFile none(Path path) {
        return new SpoolFile(path);
    }

    /** As an engine before has left it. */
    static SpoolFile of(Path path) {
        SpoolFile file = new SpoolFile(path);
        if (Files.exists(path)) {
            file.measure();
        }
        return file;
    }

    private void measure() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(HEADER_SIZE, HEADER_SIZE);
            if (open().readAt(0, header) == HEADER_SIZE) {
                begun = true;
                start = header.get(ValueLayout.JAVA_LONG, 0);
                size = Files.size(path) - HEADER_SIZE;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot measure " + path + ": " + e.getMessage(), e);
        }
    }

    boolean isBegun() {
        return begun;
    }

    long start() {
        return start;
    }

    long size() {
        return size;
    }

    long end() {
        return start + size;
    }

    /**
     * Forgets what it holds, and goes on at a place.
     *
     * @throws LinuxException where there is no room
     */
    void begin(long place) {
        empty();
        try (Arena arena = Arena.ofConfined()) {
            open().writeAt(0, arena.allocateFrom(ValueLayout.JAVA_LONG, place));
        }
        start = place;
        begun = true;
    }

    /** Forgets what it holds. */
    void empty() {
        open().truncate(0);
        begun = false;
        start = end();
        size = 0;
    }

    /** As {@link OpenFile#takeAt}, at its end. */
    long take(Fd pipe, long most) {
        long count = open().takeAt(HEADER_SIZE + size, pipe, most);
        size += Math.max(0, count);
        return count;
    }

    /** @throws LinuxException where there is no room */
    void add(MemorySegment bytes) {
        open().writeAt(HEADER_SIZE + size, bytes);
        size += bytes.byteSize();
    }

    /** Reads from a place in the stream that it has. */
    long read(long place, MemorySegment into) {
        long count = Math.min(into.byteSize(), end() - place);
        return open().readAt(HEADER_SIZE + place - start, into.asSlice(0, count));
    }

    private OpenFile open() {
        if (file.isEmpty()) {
            file = Optional.of(OpenFile.open(path.toString(), Open.READ_WRITE | Open.CREATE));
        }
        return file.get();
    }

    /** Closes it; what is in it stays. */
    @Override
    public void close() {
        file.ifPresent(opened -> opened.fd().close());
        file = Optional.empty();
    }
}
