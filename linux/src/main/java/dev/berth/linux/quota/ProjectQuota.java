package dev.berth.linux.quota;

import dev.berth.linux.Errno;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.file.Directory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Projects of a directory's file system. A directory that is assigned to one hands it on to what is made in it, and the
 * kernel counts and limits what a project's files take together. The calls are those that XFS brought, which ext4 takes
 * as well; {@code quotactl_fd} is there since Linux 5.14. Does not own the directory.
 */
public record ProjectQuota(Directory directory) {
    /** {@code PRJQUOTA}. */
    private static final int OF_PROJECTS = 2;

    private static final int Q_XGETQUOTA = 0x5803;
    private static final int Q_XSETQLIM = 0x5804;
    private static final int Q_XGETQSTAT = 0x5805;
    private static final int COMMAND_SHIFT = 8;

    /** {@code struct fs_quota_stat} ({@code linux/dqblk_xfs.h}). */
    private static final int STAT_SIZE = 80;

    private static final int FS_QUOTA_PDQ_ACCT = 1 << 4;
    private static final int FS_QUOTA_PDQ_ENFD = 1 << 5;

    /** {@code struct fs_disk_quota}, whose sizes are in blocks of 512 bytes. */
    private static final int QUOTA_SIZE = 112;

    private static final int BLOCK_BYTES = 512;
    private static final byte FS_DQUOT_VERSION = 1;
    private static final byte FS_PROJ_QUOTA = 2;
    private static final short FS_DQ_BHARD = 1 << 3;

    /** {@code _IOR('X', 31, struct fsxattr)} and {@code _IOW('X', 32, struct fsxattr)} ({@code linux/fs.h}). */
    private static final long FS_IOC_FSGETXATTR = 0x801c581fL;

    private static final long FS_IOC_FSSETXATTR = 0x401c5820L;
    private static final int FSXATTR_SIZE = 28;
    private static final int PROJECT_AT = 12;
    private static final int FS_XFLAG_PROJINHERIT = 0x200;

    /** What the file system does about projects. */
    public enum Accounting {
        /** It knows nothing of them, as it is mounted. */
        NONE,
        /** It counts what they take, and limits nothing. */
        COUNTED,
        ENFORCED
    }

    /**
     * What a project has.
     *
     * @param bytes that its files take
     * @param files how many there are, directories included
     * @param limitBytes that they may take; 0 for any number
     */
    public record Usage(long bytes, long files, long limitBytes) {
        private static final Usage NOTHING = new Usage(0, 0, 0);

        public boolean isNothing() {
            return equals(NOTHING);
        }
    }

    public Accounting accounting() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(STAT_SIZE, 8);
            stat.set(ValueLayout.JAVA_BYTE, 0, FS_DQUOT_VERSION);
            if (quotactl(Q_XGETQSTAT, 0, stat) < 0) {
                return Accounting.NONE;
            }
            int flags = stat.get(ValueLayout.JAVA_SHORT, 2);
            if ((flags & FS_QUOTA_PDQ_ENFD) != 0) {
                return Accounting.ENFORCED;
            }
            return (flags & FS_QUOTA_PDQ_ACCT) != 0 ? Accounting.COUNTED : Accounting.NONE;
        }
    }

    /** What a project has at this moment. */
    public Usage usage(int project) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment quota = arena.allocate(QUOTA_SIZE, 8);
            long result = quotactl(Q_XGETQUOTA, project, quota);
            if (result == -Errno.ENOENT.number()) {
                return Usage.NOTHING;
            }
            require(result, "look at the quota of project " + Integer.toUnsignedString(project));
            return usage(quota);
        }
    }

    /** Limits what the files of a project may take. A file system counts whole blocks; 0 takes the limit away. */
    public void limit(int project, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            require(
                    quotactl(Q_XSETQLIM, project, limit(arena, project, bytes)),
                    "limit project " + Integer.toUnsignedString(project) + " to " + bytes + " bytes");
        }
    }

    /** The directory's own project; 0 is everybody's. */
    public int project() {
        try (Arena arena = Arena.ofConfined()) {
            return attributes(arena).get(ValueLayout.JAVA_INT, PROJECT_AT);
        }
    }

    /** Makes the directory a project's, and all that is made in it from now on. What is in it already stays as it is. */
    public void assign(int project) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(ValueLayout.JAVA_INT, 0, attributes.get(ValueLayout.JAVA_INT, 0) | FS_XFLAG_PROJINHERIT);
            attributes.set(ValueLayout.JAVA_INT, PROJECT_AT, project);
            Kernel.running()
                    .call(
                            SystemCall.IOCTL,
                            "assign " + directory.path() + " to project " + Integer.toUnsignedString(project),
                            directory.fd().number(),
                            FS_IOC_FSSETXATTR,
                            attributes.address());
        }
    }

    private MemorySegment attributes(Arena arena) {
        MemorySegment attributes = arena.allocate(FSXATTR_SIZE, 8);
        Kernel.running()
                .call(
                        SystemCall.IOCTL,
                        "look at the project of " + directory.path(),
                        directory.fd().number(),
                        FS_IOC_FSGETXATTR,
                        attributes.address());
        return attributes;
    }

    static MemorySegment limit(Arena arena, int project, long bytes) {
        MemorySegment quota = arena.allocate(QUOTA_SIZE, 8);
        quota.set(ValueLayout.JAVA_BYTE, 0, FS_DQUOT_VERSION);
        quota.set(ValueLayout.JAVA_BYTE, 1, FS_PROJ_QUOTA);
        quota.set(ValueLayout.JAVA_SHORT, 2, FS_DQ_BHARD);
        quota.set(ValueLayout.JAVA_INT, 4, project);
        quota.set(ValueLayout.JAVA_LONG, 8, bytes / BLOCK_BYTES + (bytes % BLOCK_BYTES == 0 ? 0 : 1));
        return quota;
    }

    static Usage usage(MemorySegment quota) {
        return new Usage(
                quota.get(ValueLayout.JAVA_LONG, 40) * BLOCK_BYTES,
                quota.get(ValueLayout.JAVA_LONG, 48),
                quota.get(ValueLayout.JAVA_LONG, 8) * BLOCK_BYTES);
    }

    private long quotactl(int command, int project, MemorySegment data) {
        return Kernel.running()
                .raw(
                        SystemCall.QUOTACTL_FD,
                        directory.fd().number(),
                        ((long) command << COMMAND_SHIFT) | OF_PROJECTS,
                        Integer.toUnsignedLong(project),
                        data.address());
    }

    private void require(long result, String doing) {
        if (result < 0) {
            throw new LinuxException(SystemCall.QUOTACTL_FD, (int) -result, doing + " on " + directory.path());
        }
    }
}
