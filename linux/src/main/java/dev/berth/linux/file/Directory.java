package dev.berth.linux.file;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.namespace.UserNamespace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An open directory. Its methods take the name of an entry in it, one component without a slash, and never follow a
 * symbolic link of that name; only {@link #openBeneath} and {@link #openInRoot} take paths. All throw {@link
 * LinuxException} for what the kernel refuses. The opener closes it.
 */
public final class Directory implements AutoCloseable {
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    private static final int AT_REMOVEDIR = 0x200;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC = 0x7ff;
    private static final int STATX_SIZE = 256;
    private static final long STATX_ATTR_MOUNT_ROOT = 0x2000;
    /** {@code struct open_how} (openat2(2)). */
    private static final int OPEN_HOW_SIZE = 24;

    private static final long RESOLVE_NO_MAGICLINKS = 0x02;
    private static final long RESOLVE_NO_SYMLINKS = 0x04;
    private static final long RESOLVE_BENEATH = 0x08;
    private static final long RESOLVE_IN_ROOT = 0x10;

    private static final int STATFS_SIZE = 120;
    /** Of proc, sysfs, tmpfs, devpts, mqueue, and both kinds of cgroup (statfs(2)). */
    private static final Set<Long> VIRTUAL =
            Set.of(0x9fa0L, 0x62656572L, 0x01021994L, 0x1cd1L, 0x19800202L, 0x27e0ebL, 0x63677270L);

    private static final int DIRENT_BUFFER = 32 * 1024;

    private final Kernel kernel = Kernel.running();
    private final Fd fd;
    /** For error messages: where it was when it was opened. */
    private final String path;

    private Directory(Fd fd, String path) {
        this.fd = fd;
        this.path = path;
    }

    /** Opens a directory by a path that is followed as usual. */
    public static Directory open(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            long fd = Kernel.running()
                    .call(
                            SystemCall.OPENAT,
                            "open directory " + path,
                            AT_FDCWD,
                            arena.allocateFrom(path.toString()).address(),
                            Open.READ | Open.DIRECTORY | Open.CLOEXEC);
            return new Directory(new Fd((int) fd), path.toString());
        }
    }

    /** Takes over a descriptor of a directory. */
    static Directory of(Fd fd, String path) {
        return new Directory(fd, path);
    }

    /** Where it was when it was opened; for messages. */
    public String path() {
        return path;
    }

    /** The descriptor, which stays this object's. */
    public Fd fd() {
        return fd;
    }

    /** Opens an entry as a directory. */
    public Directory openDirectory(String name) {
        return new Directory(openFile(name, Open.READ | Open.DIRECTORY, 0), path + "/" + name);
    }

    /** Opens an entry; {@code O_NOFOLLOW} and {@code O_CLOEXEC} are added. The caller closes the result. */
    public Fd openFile(String name, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            return new Fd((int) kernel.call(
                    SystemCall.OPENAT,
                    doing("open", name),
                    fd.number(),
                    string(arena, name),
                    flags | Open.NOFOLLOW | Open.CLOEXEC,
                    mode));
        }
    }

    /** Opens what a relative path leads to without a step out of this directory and without any symbolic link. */
    public Fd openBeneath(String relative, int flags, int mode) {
        return openat2(relative, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
    }

    /** Like {@link #openBeneath} for a directory. */
    public Directory openDirectoryBeneath(String relative) {
        return new Directory(openBeneath(relative, Open.READ | Open.DIRECTORY, 0), path + "/" + relative);
    }

    /** Opens what a relative path leads to, links included; one that leads out of this directory fails with EXDEV. */
    public Fd openWithin(String relative, int flags, int mode) {
        return openat2(relative, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
    }

    /** Opens what a path leads to when this directory is the root: links, also absolute ones, and {@code ..} stay in it. */
    public Fd openInRoot(String anyPath, int flags, int mode) {
        return openat2(anyPath, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
    }

    /** Like {@link #openInRoot} for a directory. */
    public Directory openDirectoryInRoot(String anyPath) {
        return new Directory(openInRoot(anyPath, Open.READ | Open.DIRECTORY, 0), path + "/" + anyPath);
    }

    private Fd openat2(String relative, int flags, int mode, long resolve) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(OPEN_HOW_SIZE, 8);
            how.set(ValueLayout.JAVA_LONG, 0, flags | Open.CLOEXEC);
            how.set(ValueLayout.JAVA_LONG, 8, mode);
            how.set(ValueLayout.JAVA_LONG, 16, resolve);
            String doing = doing("open", relative);
            while (true) {
                long result = kernel.raw(
                        SystemCall.OPENAT2, fd.number(), string(arena, relative), how.address(), OPEN_HOW_SIZE);
                if (result >= 0) {
                    return new Fd((int) result);
                }
                // A rename elsewhere during a look-up that must stay beneath: the kernel asks to try again.
                if (result != -Errno.EAGAIN.number() && result != -Errno.EINTR.number()) {
                    throw new LinuxException(SystemCall.OPENAT2, (int) -result, doing);
                }
            }
        }
    }

    public void makeDirectory(String name, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(SystemCall.MKDIRAT, doing("make directory", name), fd.number(), string(arena, name), mode);
        }
    }

    public void makeSymlink(String target, String name) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(
                    SystemCall.SYMLINKAT,
                    doing("make symbolic link", name),
                    string(arena, target),
                    fd.number(),
                    string(arena, name));
        }
    }

    /** Makes {@code name} here another name of an entry of another directory. */
    public void makeLink(Directory from, String existing, String name) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(
                    SystemCall.LINKAT,
                    doing("make hard link", name) + " to " + from.path + "/" + existing,
                    from.fd.number(),
                    string(arena, existing),
                    fd.number(),
                    string(arena, name),
                    0);
        }
    }

    /**
     * Makes a device node, a fifo or a socket. Only root of the host's user namespace may make devices: in others an empty
     * file stands for one, but for the device 0:0, overlayfs's whiteout, which all may make.
     */
    public void makeNode(String name, int mode, int major, int minor) {
        boolean stands = isDevice(mode)
                && deviceNumber(major, minor) != 0
                && !UserNamespace.own().initial();
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(
                    SystemCall.MKNODAT,
                    doing("make device", name),
                    fd.number(),
                    string(arena, name),
                    stands ? mode & ~FileStatus.TYPE_MASK | FileStatus.REGULAR : mode,
                    stands ? 0 : deviceNumber(major, minor));
        }
    }

    private static boolean isDevice(int mode) {
        int type = mode & FileStatus.TYPE_MASK;
        return type == FileStatus.CHARACTER_DEVICE || type == FileStatus.BLOCK_DEVICE;
    }

    /** The kernel's encoding of a device number (makedev(3)). */
    public static long deviceNumber(int major, int minor) {
        return (minor & 0xffL) | ((major & 0xfffL) << 8) | ((minor & 0xfff00L) << 12) | ((major & 0xfffff000L) << 32);
    }

    public void unlink(String name) {
        remove(name, 0);
    }

    public void removeDirectory(String name) {
        remove(name, AT_REMOVEDIR);
    }

    private void remove(String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(SystemCall.UNLINKAT, doing("remove", name), fd.number(), string(arena, name), flags);
        }
    }

    /** Moves an entry to another directory of the same file system, in place of what has that name there. */
    public void rename(String name, Directory to, String newName) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(
                    SystemCall.RENAMEAT2,
                    doing("rename", name),
                    fd.number(),
                    string(arena, name),
                    to.fd.number(),
                    string(arena, newName),
                    0);
        }
    }

    /** To root where this process's user namespace has no such user or group. */
    public void changeOwner(String name, int uid, int gid) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(
                    SystemCall.FCHOWNAT,
                    doing("change owner of", name),
                    fd.number(),
                    string(arena, name),
                    UserNamespace.own().userFor(uid),
                    UserNamespace.own().groupFor(gid),
                    AT_SYMLINK_NOFOLLOW);
        }
    }

    /** Sets permission bits. The entry must not be a symbolic link (Linux has no permissions for those). */
    public void changeMode(String name, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(SystemCall.FCHMODAT, doing("change mode of", name), fd.number(), string(arena, name), mode);
        }
    }

    /** Sets the time of last modification, and that of last access to the same. */
    public void changeTime(String name, long seconds, int nanos) {
        try (Arena arena = Arena.ofConfined()) {
            kernel.call(
                    SystemCall.UTIMENSAT,
                    doing("set the time of", name),
                    fd.number(),
                    string(arena, name),
                    OpenFile.times(arena, seconds, nanos),
                    AT_SYMLINK_NOFOLLOW);
        }
    }

    /** What an open file is, whatever its kind. */
    public static FileStatus statusOf(Fd file, String path) {
        return new Directory(file, path).status();
    }

    /** What there is of that name; empty where there is nothing. */
    public Optional<FileStatus> status(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATX_SIZE, 8);
            long result = kernel.raw(
                    SystemCall.STATX,
                    fd.number(),
                    string(arena, name),
                    AT_SYMLINK_NOFOLLOW | (name.isEmpty() ? AT_EMPTY_PATH : 0),
                    STATX_BASIC,
                    buffer.address(),
                    0);
            if (result == -Errno.ENOENT.number()) {
                return Optional.empty();
            }
            if (result < 0) {
                throw new LinuxException(SystemCall.STATX, (int) -result, doing("look at", name));
            }
            return Optional.of(status(buffer));
        }
    }

    /** What this directory itself is. */
    public FileStatus status() {
        return status("").orElseThrow();
    }

    /** {@code struct statx} (statx(2)). */
    private static FileStatus status(MemorySegment s) {
        return new FileStatus(
                Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT, 28)),
                s.get(ValueLayout.JAVA_INT, 20),
                s.get(ValueLayout.JAVA_INT, 24),
                s.get(ValueLayout.JAVA_LONG, 40),
                deviceNumber(s.get(ValueLayout.JAVA_INT, 136), s.get(ValueLayout.JAVA_INT, 140)),
                s.get(ValueLayout.JAVA_LONG, 32),
                s.get(ValueLayout.JAVA_INT, 16),
                s.get(ValueLayout.JAVA_INT, 128),
                s.get(ValueLayout.JAVA_INT, 132),
                s.get(ValueLayout.JAVA_LONG, 112),
                s.get(ValueLayout.JAVA_INT, 120),
                s.get(ValueLayout.JAVA_LONG, 96),
                s.get(ValueLayout.JAVA_INT, 104),
                (s.get(ValueLayout.JAVA_LONG, 8) & STATX_ATTR_MOUNT_ROOT) != 0);
    }

    /** Where a symbolic link points. */
    public String readLink(String name) {
        try (Arena arena = Arena.ofConfined()) {
            int size = 4096;
            MemorySegment buffer = arena.allocate(size);
            long length = kernel.call(
                    SystemCall.READLINKAT,
                    doing("read symbolic link", name),
                    fd.number(),
                    string(arena, name),
                    buffer.address(),
                    size);
            byte[] bytes = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
            return FileName.decode(bytes);
        }
    }

    /** The names in it but {@code .} and {@code ..}, in no order. */
    public List<String> list() {
        List<String> names = new ArrayList<>();
        // A descriptor of its own: the position in a directory belongs to the open file.
        try (Fd reading = openFile(".", Open.READ | Open.DIRECTORY, 0);
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(DIRENT_BUFFER, 8);
            while (true) {
                long length = kernel.call(
                        SystemCall.GETDENTS64, "list " + path, reading.number(), buffer.address(), DIRENT_BUFFER);
                if (length == 0) {
                    return names;
                }
                for (long at = 0; at < length; at += Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT, at + 16))) {
                    String name = name(buffer, at + 19);
                    if (!name.equals(".") && !name.equals("..")) {
                        names.add(name);
                    }
                }
            }
        }
    }

    private static String name(MemorySegment buffer, long from) {
        long end = from;
        while (buffer.get(ValueLayout.JAVA_BYTE, end) != 0) {
            end++;
        }
        return FileName.decode(buffer.asSlice(from, end - from).toArray(ValueLayout.JAVA_BYTE));
    }

    /** Removes an entry and, where it is a directory, everything in it. Follows nothing; what is absent is no error. */
    public void deleteTree(String name) {
        try (Arena arena = Arena.ofConfined()) {
            long result = kernel.raw(SystemCall.UNLINKAT, fd.number(), string(arena, name), 0, 0);
            if (result == 0 || result == -Errno.ENOENT.number()) {
                return;
            }
            if (result != -Errno.EISDIR.number() && result != -Errno.EPERM.number()) {
                throw new LinuxException(SystemCall.UNLINKAT, (int) -result, doing("remove", name));
            }
        }
        try (Directory directory = openDirectory(name)) {
            for (String entry : directory.list()) {
                directory.deleteTree(entry);
            }
        }
        removeDirectory(name);
    }

    /** Whether its files are of the kernel's making or in memory alone: proc(5), sysfs(5), tmpfs(5) and their like. */
    public boolean isVirtual() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(STATFS_SIZE, 8);
            kernel.call(SystemCall.FSTATFS, "look at the file system of " + path, fd.number(), buffer.address());
            return VIRTUAL.contains(buffer.get(ValueLayout.JAVA_LONG, 0));
        }
    }

    /** Writes everything of this directory's file system to its disk (syncfs(2)). */
    public void syncFileSystem() {
        kernel.call(SystemCall.SYNCFS, "write the file system of " + path + " to disk", fd.number());
    }

    private String doing(String what, String name) {
        return what + " " + path + "/" + name;
    }

    private static long string(Arena arena, String text) {
        return segment(arena, text).address();
    }

    /** A name or path as the kernel takes it: bytes with a zero at the end. */
    static MemorySegment segment(Arena arena, String text) {
        byte[] bytes = FileName.encode(text);
        MemorySegment segment = arena.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    @Override
    public void close() {
        fd.close();
    }
}
