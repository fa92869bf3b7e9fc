package dev.berth.api.buildkit;

import dev.berth.api.grpc.GrpcException;
import dev.berth.build.files.Fingerprint;
import dev.berth.image.tar.TarEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A file as the protocol of fsutil tells of it. Its mode is one of Go's: permissions below, the type above.
 *
 * @param path one character a byte
 * @param modified in nanoseconds
 * @param link where a symbolic link leads, or the file that this one is another name of
 * @param identity what tells it from what it was before, as our own command line says it: another one with any change, and
 *     nothing where a change could not be seen; empty where clients do not say it
 */
record FileStat(
        String path,
        long mode,
        long uid,
        long gid,
        long size,
        long modified,
        String link,
        long major,
        long minor,
        Map<String, byte[]> xattrs,
        Optional<byte[]> identity) {
    private static final long DIRECTORY = 1L << 31;
    private static final long SYMLINK = 1L << 27;
    private static final long DEVICE = 1L << 26;
    private static final long FIFO = 1L << 25;
    private static final long SOCKET = 1L << 24;
    private static final long SETUID = 1L << 23;
    private static final long SETGID = 1L << 22;
    private static final long CHARACTER = 1L << 21;
    private static final long STICKY = 1L << 20;
    private static final long IRREGULAR = 1L << 19;
    private static final long TYPES = DIRECTORY | SYMLINK | DEVICE | FIFO | SOCKET | CHARACTER | IRREGULAR;
    private static final long BILLION = 1_000_000_000;
    /** The field of our own. */
    private static final int IDENTITY = 100;
    /** What was changed that shortly before it was told of may be changed again within the clock's tick. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    static FileStat read(MessageReader in) throws GrpcException {
        String path = "";
        String link = "";
        long[] numbers = new long[10];
        Map<String, byte[]> xattrs = new HashMap<>();
        Optional<byte[]> identity = Optional.empty();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> path = in.path();
                case 2, 3, 4, 5, 6, 8, 9 -> numbers[field] = in.number();
                case 7 -> link = in.path();
                case 10 -> xattr(in.message(), xattrs);
                case IDENTITY -> identity = Optional.of(in.bytes());
                default -> {}
            }
        }
        long unsigned = 0xffffffffL;
        return new FileStat(
                path,
                numbers[2] & unsigned,
                numbers[3] & unsigned,
                numbers[4] & unsigned,
                numbers[5],
                numbers[6],
                link,
                numbers[8],
                numbers[9],
                xattrs,
                identity);
    }

    private static void xattr(MessageReader in, Map<String, byte[]> xattrs) throws GrpcException {
        String name = "";
        byte[] value = {};
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 1 -> name = in.text();
                case 2 -> value = in.bytes();
                default -> {}
            }
        }
        xattrs.put(name, value);
    }

    /** A directory that no image has. */
    static FileStat directory(String path) {
        return new FileStat(path, DIRECTORY | 0755, 0, 0, 0, 0, "", 0, 0, Map.of(), Optional.empty());
    }

    /**
     * A file of ours; without its extended attributes, which few clients may set.
     *
     * @param otherName of the file, where it was told of by another one before
     */
    static FileStat of(TarEntry entry, String path, Optional<String> otherName) {
        long type = switch (entry.type()) {
            case DIRECTORY -> DIRECTORY;
            case SYMLINK -> SYMLINK;
            case FIFO -> FIFO;
            case CHARACTER_DEVICE -> DEVICE | CHARACTER;
            case BLOCK_DEVICE -> DEVICE;
            default -> 0;
        };
        long mode = type
                | entry.mode() & 0777
                | ((entry.mode() & 04000) != 0 ? SETUID : 0)
                | ((entry.mode() & 02000) != 0 ? SETGID : 0)
                | ((entry.mode() & 01000) != 0 ? STICKY : 0);
        Instant time = entry.modified();
        return new FileStat(
                path,
                mode,
                entry.uid(),
                entry.gid(),
                otherName.isPresent() ? 0 : entry.size(),
                time.getEpochSecond() * BILLION + time.getNano(),
                otherName.orElse(entry.linkTarget()),
                entry.deviceMajor(),
                entry.deviceMinor(),
                Map.of(),
                Optional.empty());
    }

    MessageWriter message() {
        return new MessageWriter()
                .bytes(1, path.getBytes(StandardCharsets.ISO_8859_1))
                .number(2, mode)
                .number(3, uid)
                .number(4, gid)
                .number(5, size)
                .number(6, modified)
                .bytes(7, link.getBytes(StandardCharsets.ISO_8859_1))
                .number(8, major)
                .number(9, minor);
    }

    /**
     * What is the same another time only where the file has the same in it; empty where that cannot be said. Of clients that
     * say no more, as with BuildKit, it is a file's name, size, time, mode and owner that tell.
     *
     * @param now when the client has told of it
     */
    Optional<Fingerprint> version(Instant now) {
        boolean told = identity.isPresent()
                ? identity.get().length > 0
                : time().plus(FRESH).isBefore(now);
        return told
                ? Optional.of(Fingerprint.of(
                        message().bytes(IDENTITY, identity.orElse(new byte[0])).toBytes()))
                : Optional.empty();
    }

    private Instant time() {
        return Instant.ofEpochSecond(Math.floorDiv(modified, BILLION), Math.floorMod(modified, BILLION));
    }

    /** Whether the client sends data when it is asked for this one. */
    boolean isRegular() {
        return (mode & TYPES) == 0;
    }

    /** The same as an archive has it; empty for a socket, which no image has. */
    Optional<TarEntry> entry() {
        int permissions = (int) (mode & 0777)
                | ((mode & SETUID) != 0 ? 04000 : 0)
                | ((mode & SETGID) != 0 ? 02000 : 0)
                | ((mode & STICKY) != 0 ? 01000 : 0);
        Instant time = time();
        if (isRegular() && link.isEmpty()) {
            return Optional.of(TarEntry.file(path, permissions, uid, gid, time, size, xattrs));
        }
        Optional<TarEntry.Type> type = type();
        return type.map(known -> TarEntry.empty(path, known, link, permissions, uid, gid, time)
                .withDevice(major, minor)
                .withXattrs(xattrs));
    }

    private Optional<TarEntry.Type> type() {
        if ((mode & DIRECTORY) != 0) {
            return Optional.of(TarEntry.Type.DIRECTORY);
        } else if ((mode & SYMLINK) != 0) {
            return Optional.of(TarEntry.Type.SYMLINK);
        } else if ((mode & DEVICE) != 0) {
            return Optional.of((mode & CHARACTER) != 0 ? TarEntry.Type.CHARACTER_DEVICE : TarEntry.Type.BLOCK_DEVICE);
        } else if ((mode & FIFO) != 0) {
            return Optional.of(TarEntry.Type.FIFO);
        }
        return isRegular() ? Optional.of(TarEntry.Type.HARD_LINK) : Optional.empty();
    }
}
