package dev.berth.linux.file;

/**
 * What stat(2) tells of a file.
 *
 * @param mode type and permission bits
 * @param device the file system's number; with {@code inode} it identifies the file
 * @param rdevMajor of a device node: its major number
 * @param modifiedNanos the nanoseconds within {@code modifiedSeconds}
 * @param changedSeconds when anything about the file was changed last, which no program can set
 * @param changedNanos the nanoseconds within {@code changedSeconds}
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
        long changedSeconds,
        int changedNanos,
        boolean mountPoint) {
    public static final int TYPE_MASK = 0170000;
    public static final int SOCKET = 0140000;
    public static final int SYMLINK = 0120000;
    public static final int REGULAR = 0100000;
    public static final int BLOCK_DEVICE = 0060000;
    public static final int DIRECTORY = 0040000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int FIFO = 0010000;

    /**
     * What changes with a file's data, as far as the kernel tells: equal ones mean the same file with the same data. A change
     * within the tick of the kernel's clock in which the file was looked at may be missed.
     */
    public record Identity(
            long device,
            long inode,
            long size,
            long modifiedSeconds,
            int modifiedNanos,
            long changedSeconds,
            int changedNanos) {}

    public Identity identity() {
        return new Identity(device, inode, size, modifiedSeconds, modifiedNanos, changedSeconds, changedNanos);
    }

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
