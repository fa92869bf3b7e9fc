package dev.berth.engine.state;

import dev.berth.engine.config.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
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
    private long written;
    private long oldest;
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

    /** The youngest whole state in a directory; empty where there is none. */
    public static Optional<Found> read(Path directory) throws IOException {
        NavigableMap<Long, Path> files = generations(directory);
        for (var file : files.descendingMap().entrySet()) {
            Optional<byte[]> json = content(file.getValue());
            if (json.isPresent()) {
                StateFile state = new StateFile(directory, files.firstKey(), files.lastKey());
                return Optional.of(new Found(state, json.get()));
            }
        }
        return Optional.empty();
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
    }

    /** Makes the last state outlast a power loss, then removes the older ones. */
    public synchronized void settle() throws IOException {
        if (gone || written == 0) {
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

    private static Optional<byte[]> content(Path file) throws IOException {
        long size = Files.size(file);
        if (size < PREFIX_BYTES + 2 || size > Limits.STATE_FILE_BYTES) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length < PREFIX_BYTES + 2) {
            return Optional.empty();
        }
        byte[] json = new byte[bytes.length - PREFIX_BYTES - 2];
        System.arraycopy(bytes, PREFIX_BYTES, json, 0, json.length);
        String prefix = new String(bytes, 0, PREFIX_BYTES, StandardCharsets.ISO_8859_1);
        return prefix.equals(HEAD + checksum(json) + MIDDLE) ? Optional.of(json) : Optional.empty();
    }

    private static String checksum(byte[] json) {
        CRC32C sum = new CRC32C();
        sum.update(json);
        return HexFormat.of().toHexDigits((int) sum.getValue());
    }
}
