package dev.berth.engine.log;

import dev.berth.engine.config.Limits;
import dev.berth.engine.log.LogDriver.Written;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of one log: {@code x.log} and, the younger the lower the number, {@code x.log.1} and so on, or
 * {@code x.log.1.gz} where they are compressed. Each file is a generation; the current one has the highest number, so that
 * a reader can go on where it was after a rotation.
 */
final class LogFiles {
    private final Path current;
    private final Rotation rotation;
    private final RecordFormat format;
    private final Compression compression;
    private @Nullable FileChannel writer;
    private volatile @Nullable Position end;
    private long generation = Limits.LOG_FILES; // the files of an earlier engine are counted down from here
    private long inode;
    private volatile long size;

    LogFiles(Path current, Rotation rotation, RecordFormat format, System.Logger problems) {
        this.current = current;
        this.rotation = rotation;
        this.format = format;
        this.compression = new Compression(problems);
    }

    /** A place in a log: a generation of its files, and a number of bytes into it. */
    record Position(long generation, long offset) {
        static final Position NOWHERE = new Position(0, 0);

        boolean isBefore(Position other) {
            return generation < other.generation || (generation == other.generation && offset < other.offset);
        }
    }

    /** A file being read; the reader closes it. */
    record Opened(long generation, FileChannel channel) {}

    RecordFormat format() {
        return format;
    }

    /** Makes the directory of the files where it is not yet there. */
    void makeDirectory() throws IOException {
        Path directory = directory(current);
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** Where a file is. */
    static Path directory(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
    }

    /** Bytes until the current file has reached its limit; whatever reaches it is the last to go in. */
    long room() {
        long limit = rotation.maxFileBytes();
        return limit == 0 ? Long.MAX_VALUE : size >= limit ? limit : limit - size;
    }

    /** Appends whole records, to a new file where the current one has reached its limit. */
    synchronized void append(ByteBuffer records) throws IOException {
        FileChannel channel = writer();
        if (rotation.maxFileBytes() > 0 && size >= rotation.maxFileBytes()) {
            rotate();
            channel = writer();
        }
        try {
            while (records.hasRemaining()) {
                channel.write(records);
            }
        } catch (IOException e) {
            channel.truncate(size); // a full disk takes half a record: no reader shall see that
            throw e;
        }
        settle(channel);
    }

    /** The current file, which is made where it is not there. */
    synchronized Written written() throws IOException {
        writer();
        return new Written(inode, size);
    }

    /** Removes what was written after this. */
    synchronized void takeBack(Written written) throws IOException {
        if (!Files.exists(current)) {
            return; // the rotation was the last that was done
        }
        FileChannel channel = writer();
        // a file begins only when all that went before is accounted for: another one than that is all surplus
        channel.truncate(inode == written.inode() ? Math.min(size, written.length()) : 0);
        settle(channel);
    }

    /** Where the log ends now. Waits for no write. */
    Position end() throws IOException {
        Position known = end;
        return known != null ? known : findEnd();
    }

    /** Opens the oldest file there is from this generation on. */
    synchronized Optional<Opened> openFrom(long from) throws IOException {
        for (long number = Math.max(from, generation - rotation.maxFiles() + 1); number <= generation; number++) {
            Optional<Opened> opened = open(number);
            if (opened.isPresent()) {
                return opened;
            }
        }
        return Optional.empty();
    }

    /** Opens the youngest file there is up to this generation. */
    synchronized Optional<Opened> openBack(long from) throws IOException {
        long oldest = generation - rotation.maxFiles() + 1;
        for (long number = Math.min(from, generation); number >= oldest; number--) {
            Optional<Opened> opened = open(number);
            if (opened.isPresent()) {
                return opened;
            }
        }
        return Optional.empty();
    }

    /** Closes the current file, which is opened again when it is written to, and waits until no other is worked on. */
    synchronized void close() throws IOException {
        closeWriter();
        end = null;
        compression.await();
    }

    /** A file by its generation, whole where it is compressed; empty where it was never written or is gone. */
    private Optional<Opened> open(long number) throws IOException {
        Path file = file(number);
        try {
            return Optional.of(new Opened(number, FileChannel.open(file, StandardOpenOption.READ)));
        } catch (NoSuchFileException e) {
            Optional<FileChannel> whole = number == generation ? Optional.empty() : Compression.open(file);
            return whole.map(channel -> new Opened(number, channel));
        }
    }

    private void closeWriter() throws IOException {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    /** Looked at anew each time while nothing is written: somebody may have cut the file, or put another in its place. */
    private synchronized Position findEnd() throws IOException {
        Position known = end;
        return known != null ? known : new Position(generation, Files.exists(current) ? Files.size(current) : 0);
    }

    private FileChannel writer() throws IOException {
        FileChannel open = writer;
        if (open == null) {
            open = FileChannel.open(
                    current,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
            writer = open;
            inode = (long) Files.getAttribute(current, "unix:ino");
            settle(open);
        }
        return open;
    }

    /** Notes how long the file is, whoever else has written to it or cut it. */
    private void settle(FileChannel channel) throws IOException {
        size = channel.size();
        end = new Position(generation, size);
    }

    private void rotate() throws IOException {
        closeWriter();
        compression.await();
        if (rotation.maxFiles() == 1) {
            replace();
        }
        for (int number = rotation.maxFiles() - 2; number >= 0; number--) {
            Path from = file(generation - number);
            Path to = file(generation - number - 1);
            if (Files.exists(from)) {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
                Files.deleteIfExists(Compression.compressed(to));
            } else if (number > 0 && Files.exists(Compression.compressed(from))) {
                Files.move(Compression.compressed(from), Compression.compressed(to), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        generation++;
        if (rotation.compress()) {
            compression.begin(file(generation - 1));
        }
    }

    /** Begins the only file anew. The new one is there before the old one goes, or it could get the same number. */
    private void replace() throws IOException {
        Path next = current.resolveSibling(current.getFileName() + ".new");
        Files.newByteChannel(
                        next, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                .close();
        Files.move(next, current, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path file(long number) {
        return number == generation
                ? current
                : current.resolveSibling(current.getFileName() + "." + (generation - number));
    }
}
