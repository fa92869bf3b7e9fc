package dev.berth.engine.state;

import dev.berth.engine.config.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * An object's state in its directory, as a row of files {@code config.<n>.json}. A change writes the next file and
 * leaves the old one until the new one is on the disk; the reader takes the youngest whose checksum is right. So a
 * change needs no sync of its own to be atomic: a killed process leaves the new state, a power loss the new or the old.
 */
public final class StateFile {
    private static final Pattern NAME = Pattern.compile("config\\.(\\d{1,18})\\.json");
    private static final String HEAD = "{\"crc32c\":\"";
    private static final String MIDDLE = "\",\"state\":";
    private static final int PREFIX_BYTES = HEAD.length() + 8 + MIDDLE.length();

    private final Path directory;
    /** The number of the last file, whole or not. */
    private long written;

    private long oldest;
    /** Whether the last file was written by this object, and so is whole. */
    private boolean ours;

    private boolean gone;

    private StateFile(Path directory, long oldest, long written) {
        this.directory = directory;
        this.oldest = oldest;
        this.written = written;
    }

    /** State that is found. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Found(StateFile file, byte[] json) {}

    /** The state of a new object, whose directory exists; nothing is written yet. */
    public static StateFile in(Path directory) {
        return new StateFile(directory, 1, 0);
    }

    /**
     * What a directory holds.
     *
     * @param found the youngest whole state
     * @param cut files that were not written to their end: a crash came in between
     * @param damaged files that were, and are not any more what was written
     */
    public record Survey(Optional<Found> found, List<Path> cut, List<Path> damaged) {
        public Survey {
            cut = List.copyOf(cut);
            damaged = List.copyOf(damaged);
        }
    }

    /** The youngest whole state in a directory; empty where there is none. */
    public static Optional<Found> read(Path directory) throws IOException {
        NavigableMap<Long, Path> files = generations(directory);
        for (var file : files.descendingMap().entrySet()) {
            Optional<byte[]> json = json(bytes(file.getValue()));
            if (json.isPresent()) {
                return Optional.of(found(directory, files, json.get()));
            }
        }
        return Optional.empty();
    }

    /** Looks at all files in a directory. */
    public static Survey survey(Path directory) throws IOException {
        NavigableMap<Long, Path> files = generations(directory);
        Optional<Found> found = Optional.empty();
        List<Path> cut = new ArrayList<>();
        List<Path> damaged = new ArrayList<>();
        for (Path file : files.descendingMap().values()) {
            byte[] bytes = bytes(file);
            Optional<byte[]> json = json(bytes);
            if (json.isEmpty()) {
                (isCut(bytes) ? cut : damaged).add(file);
            } else if (found.isEmpty()) {
                found = Optional.of(found(directory, files, json.get()));
            }
        }
        return new Survey(found, cut, damaged);
    }

    private static Found found(Path directory, NavigableMap<Long, Path> files, byte[] json) {
        return new Found(new StateFile(directory, files.firstKey(), files.lastKey()), json);
    }

    /** Writes the next state; it outlasts this process, but not yet a power loss. Nothing happens after {@link #delete}. */
    public synchronized void write(byte[] json) throws IOException {
        if (gone) {
            return;
        }
        long next = written + 1;
        try (FileChannel channel = FileChannel.open(
                generation(next),
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = framed(json);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
        written = next;
        ours = true;
    }

    /** Whether the youngest whole state is this one; of an object that is no more, every one. */
    public synchronized boolean isLast(byte[] json) throws IOException {
        return gone
                || read(directory)
                        .filter(found -> Arrays.equals(found.json(), json))
                        .isPresent();
    }

    /** Makes the last state outlast a power loss, then removes the older ones. */
    public synchronized void settle() throws IOException {
        if (gone || !ours) {
            return;
        }
        try (FileChannel file = FileChannel.open(generation(written), StandardOpenOption.WRITE);
                FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
            file.force(true);
            names.force(true);
        }
        removeOlder();
    }

    /** Removes all states: the object is no more. */
    public synchronized void delete() throws IOException {
        gone = true;
        removeOlder();
        Files.deleteIfExists(generation(written));
    }

    private void removeOlder() throws IOException {
        for (; oldest < written; oldest++) {
            Files.deleteIfExists(generation(oldest));
        }
    }

    private Path generation(long number) {
        return directory.resolve("config." + number + ".json");
    }

    private static NavigableMap<Long, Path> generations(Path directory) throws IOException {
        NavigableMap<Long, Path> found = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "config.*.json")) {
            for (Path file : files) {
                Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    found.put(Long.parseLong(name.group(1)), file);
                }
            }
        }
        return found;
    }

    private static ByteBuffer framed(byte[] json) {
        ByteBuffer bytes = ByteBuffer.allocate(PREFIX_BYTES + json.length + 2);
        bytes.put((HEAD + checksum(json) + MIDDLE).getBytes(StandardCharsets.US_ASCII));
        return bytes.put(json).put((byte) '}').put((byte) '\n').flip();
    }

    /** A file's content; of one that is none of ours, or went meanwhile, nothing. */
    private static byte[] bytes(Path file) throws IOException {
        try {
            return Files.size(file) > Limits.STATE_FILE_BYTES ? new byte[0] : Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
    }

    private static Optional<byte[]> json(byte[] bytes) {
        if (bytes.length < PREFIX_BYTES + 2) {
            return Optional.empty();
        }
        byte[] json = new byte[bytes.length - PREFIX_BYTES - 2];
        System.arraycopy(bytes, PREFIX_BYTES, json, 0, json.length);
        String prefix = new String(bytes, 0, PREFIX_BYTES, StandardCharsets.ISO_8859_1);
        return prefix.equals(HEAD + checksum(json) + MIDDLE) ? Optional.of(json) : Optional.empty();
    }

    /** Whether the end is missing, or, as after a power loss, nothing but zeros. */
    private static boolean isCut(byte[] bytes) {
        return bytes.length < 2 || bytes[bytes.length - 2] != '}' || bytes[bytes.length - 1] != '\n';
    }

    private static String checksum(byte[] json) {
        CRC32C sum = new CRC32C();
        sum.update(json);
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
