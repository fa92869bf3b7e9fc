package dev.berth.image.tar;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * One entry of a tar. Its path and link target are as the archive has them: nothing about them can be trusted.
 *
 * @param path one character a byte; never empty
 * @param linkTarget of links, one character a byte
 * @param mode permissions with setuid, setgid and sticky: the low twelve bits
 * @param size bytes of the file; of a sparse file with its holes
 * @param segments where a sparse file has data; one that spans it all otherwise
 * @param xattrs values by full name, such as {@code security.capability}
 */
public record TarEntry(
        String path,
        Type type,
        String linkTarget,
        int mode,
        long uid,
        long gid,
        Instant modified,
        long size,
        List<Segment> segments,
        long deviceMajor,
        long deviceMinor,
        Map<String, byte[]> xattrs) {
    /** What an entry makes. */
    public enum Type {
        FILE,
        HARD_LINK,
        SYMLINK,
        CHARACTER_DEVICE,
        BLOCK_DEVICE,
        DIRECTORY,
        FIFO,
    }

    /** A run of a sparse file's data, in bytes. */
    public record Segment(long offset, long length) {}

    public TarEntry {
        segments = List.copyOf(segments);
    }

    /** The same under another path, with one character a byte. */
    public TarEntry at(String other) {
        return new TarEntry(
                other, type, linkTarget, mode, uid, gid, modified, size, segments, deviceMajor, deviceMinor, xattrs);
    }

    /** The same file of another type. */
    public TarEntry withType(Type other) {
        return new TarEntry(
                path, other, linkTarget, mode, uid, gid, modified, size, segments, deviceMajor, deviceMinor, xattrs);
    }

    /** The same file of another time. */
    public TarEntry withModified(Instant other) {
        return new TarEntry(
                path, type, linkTarget, mode, uid, gid, other, size, segments, deviceMajor, deviceMinor, xattrs);
    }

    /** The same file with these permissions. */
    public TarEntry withMode(int other) {
        return new TarEntry(
                path, type, linkTarget, other, uid, gid, modified, size, segments, deviceMajor, deviceMinor, xattrs);
    }

    /** The same file of these numbers of a user and a group. */
    public TarEntry withOwner(long user, long group) {
        return new TarEntry(
                path, type, linkTarget, mode, user, group, modified, size, segments, deviceMajor, deviceMinor, xattrs);
    }

    /** This link to another target. */
    public TarEntry withLinkTarget(String target) {
        return new TarEntry(
                path, type, target, mode, uid, gid, modified, size, segments, deviceMajor, deviceMinor, xattrs);
    }

    /** This device with these numbers. */
    public TarEntry withDevice(long major, long minor) {
        return new TarEntry(path, type, linkTarget, mode, uid, gid, modified, size, segments, major, minor, xattrs);
    }

    /** This entry with these extended attributes. */
    public TarEntry withXattrs(Map<String, byte[]> values) {
        return new TarEntry(
                path, type, linkTarget, mode, uid, gid, modified, size, segments, deviceMajor, deviceMinor, values);
    }

    /** An entry without data. */
    public static TarEntry empty(
            String path, Type type, String linkTarget, int mode, long uid, long gid, Instant modified) {
        return new TarEntry(path, type, linkTarget, mode, uid, gid, modified, 0, List.of(), 0, 0, Map.of());
    }

    /** A regular file. */
    public static TarEntry file(
            String path, int mode, long uid, long gid, Instant modified, long size, Map<String, byte[]> xattrs) {
        return new TarEntry(
                path, Type.FILE, "", mode, uid, gid, modified, size, List.of(new Segment(0, size)), 0, 0, xattrs);
    }
}
