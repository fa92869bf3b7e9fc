package dev.berth.level.os.process;

import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process has written to one stream and nobody has kept yet. Output goes from the pipe into a file here before
 * the engine sees it, so that an engine that dies with it in hand loses nothing: the next one finds it again.
 *
 * <p>Two files take turns: while one grows, what is in the other is being kept, and then it is emptied. They are made
 * when they are first needed. Used on one thread at a time.
 */
final class Spool implements AutoCloseable {
    /** A file of this size gives way to the other one, if that is empty. */
    private static final long TURN_BYTES = 1 << 20;

    /** A file of this size is emptied as soon as all in it is kept; a smaller one is not worth the call. */
    private static final long WORTH_EMPTYING_BYTES = 64 << 10;

    private final List<SpoolFile> files;
    private int current;
    private long end;

    private Spool(List<SpoolFile> files, long end) {
        this.files = files;
        this.end = end;
    }

    /** An empty one for a process's beginning; what an earlier process left here is removed. */
    static Spool create(Path directory, String name) {
        remove(directory, name);
        return new Spool(
                List.of(SpoolFile.none(path(directory, name, 0)), SpoolFile.none(path(directory, name, 1))), 0);
    }

    /**
     * The one that an engine before has left, or an empty one.
     *
     * @param kept where the stream goes on if there is nothing here
     */
    static Spool takeUp(Path directory, String name, long kept) {
        List<SpoolFile> files = List.of(SpoolFile.of(path(directory, name, 0)), SpoolFile.of(path(directory, name, 1)));
        Spool spool = new Spool(files, kept);
        spool.current = files.get(0).end() >= files.get(1).end() ? 0 : 1;
        spool.end = Math.max(kept, files.get(spool.current).end());
        return spool;
    }

    /** Removes its files. */
    static void remove(Path directory, String name) {
        try {
            Files.deleteIfExists(path(directory, name, 0));
            Files.deleteIfExists(path(directory, name, 1));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove what was printed before: " + e.getMessage(), e);
        }
    }

    private static Path path(Path directory, String name, int number) {
        return directory.resolve(name + "." + number);
    }

    /** The place in the stream behind all that was taken. */
    long end() {
        return end;
    }

    /**
     * Takes what is in a pipe.
     *
     * @return how much; 0 at the pipe's end, a negated error number where there is nothing yet, or no room here
     */
    long take(Fd pipe, long most) {
        try {
            long count = room().take(pipe, most);
            end += Math.max(0, count);
            return count;
        } catch (LinuxException e) {
            return -e.errno();
        }
    }

    /** Takes bytes that were read from a terminal. False where there is no room: they cannot be had here again. */
    boolean add(MemorySegment bytes) {
        try {
            room().add(bytes);
            end += bytes.byteSize();
            return true;
        } catch (LinuxException e) {
            skip(bytes.byteSize());
            return false;
        }
    }

    /** Bytes went by that are not here. */
    void skip(long bytes) {
        end += bytes;
    }

    /** Reads from a place on, as much as lies together and fits; 0 where what was there is not here. */
    long read(long place, MemorySegment into) {
        for (SpoolFile file : files) {
            if (file.start() <= place && place < file.end()) {
                return file.read(place, into);
            }
        }
        return 0;
    }

    /** The first place from this one on that is here; the end where there is none. */
    long first(long place) {
        return files.stream()
                .filter(file -> file.size() > 0 && file.end() > place)
                .mapToLong(file -> Math.max(place, file.start()))
                .min()
                .orElse(end);
    }

    /** What is before the place is kept by somebody. */
    void kept(long place) {
        for (int number = 0; number < files.size(); number++) {
            SpoolFile file = files.get(number);
            if (file.end() <= place && file.size() >= (number == current ? WORTH_EMPTYING_BYTES : 1)) {
                file.empty();
            }
        }
    }

    /** The file that goes on at the end. */
    private SpoolFile room() {
        SpoolFile file = files.get(current);
        SpoolFile other = files.get(1 - current);
        if (file.size() >= TURN_BYTES && other.size() == 0) {
            current = 1 - current;
            file = other;
        }
        if (!file.isBegun() || file.end() != end) {
            file.begin(end);
        }
        return file;
    }

    /** Closes the files; what is in them stays. */
    @Override
    public void close() {
        files.forEach(SpoolFile::close);
    }
}
