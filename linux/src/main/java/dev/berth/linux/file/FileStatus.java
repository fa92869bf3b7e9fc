package dev.berth.linux.file;

/**
 * What stat(2) tells of a file.
 *
 * @param mode type and permission bits
 * @param device the file system's number; with {@code inode} it identifies the file
 * @param rdevMajor of a device node: its major number
 * @param modifiedNanos the nanoseconds within {@code modifiedSeconds}
 * @param mountPoint whether something is mounted here, whose root this is
 */
public record FileStatus(
        int mode,
        int uid,
        int gid,
        long size,
        long device,
        long inode,
        int links,
        int rdevMajor,
        int rdevMinor,
        long modifiedSeconds,
        int modifiedNanos,
        boolean mountPoint) {
    public static final int TYPE_MASK = 0170000;
    public static final int SOCKET = 0140000;
    public static final int SYMLINK = 0120000;
    public static final int REGULAR = 0100000;
    public static final int BLOCK_DEVICE = 0060000;
    public static final int DIRECTORY = 0040000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int FIFO = 0010000;

    public int type() {
        return mode & TYPE_MASK;
    }

    public int permissions() {
        return mode & 07777;
    }

    public boolean isDirectory() {
        return type() == DIRECTORY;
    }

    public boolean isSymlink() {
        return type() == SYMLINK;
    }

    public boolean isRegular() {
        return type() == REGULAR;
    }
}
