package dev.berth.linux.file;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.namespace.UserNamespace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What can be done with an open file beyond java.nio. Does not own the descriptor.
 *
 * @param path for error messages
 */
public record OpenFile(Fd fd, String path) {
    private static final int AT_FDCWD = -100;
    private static final int OWNER_ONLY = 0600;
    private static final int SPLICE_F_MOVE = 1;
    private static final int SPLICE_F_NONBLOCK = 2;

    /**
     * Opens a file by its path, made where the flags say so, for its owner alone. The caller closes its descriptor.
     *
     * @param flags of {@link Open}; it is closed on exec in any case
     */
    public static OpenFile open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            long fd = Kernel.running()
                    .call(
                            SystemCall.OPENAT,
                            "open " + path,
                            AT_FDCWD,
                            arena.allocateFrom(path).address(),
                            flags | Open.CLOEXEC,
                            OWNER_ONLY);
            return new OpenFile(new Fd((int) fd), path);
        }
    }

    /** Writes all of a native segment. */
    public void write(MemorySegment bytes) {
        Kernel kernel = Kernel.running();
        long done = 0;
        while (done < bytes.byteSize()) {
            done += kernel.call(
                    SystemCall.WRITE, "write " + path, fd.number(), bytes.address() + done, bytes.byteSize() - done);
        }
    }

    /** Writes all of a native segment at a place in the file, past its end too. */
    public void writeAt(long offset, MemorySegment bytes) {
        Kernel kernel = Kernel.running();
        long done = 0;
        while (done < bytes.byteSize()) {
            done += kernel.call(
                    SystemCall.PWRITE64,
                    "write " + path,
                    fd.number(),
                    bytes.address() + done,
                    bytes.byteSize() - done,
                    offset + done);
        }
    }

    /** Reads from a place in the file until the segment is full or the file ends; gives how many bytes there were. */
    public long readAt(long offset, MemorySegment bytes) {
        Kernel kernel = Kernel.running();
        long done = 0;
        while (done < bytes.byteSize()) {
            long count = kernel.call(
                    SystemCall.PREAD64,
                    "read " + path,
                    fd.number(),
                    bytes.address() + done,
                    bytes.byteSize() - done,
                    offset + done);
            if (count == 0) {
                break;
            }
            done += count;
        }
        return done;
    }

    /**
     * Moves what is in a pipe to a place in the file, without a moment in which it is in neither (splice(2)).
     *
     * @param pipe non-blocking
     * @return how many bytes; 0 where the pipe has no writer any more; or a negated error number
     */
    public long takeAt(long offset, Fd pipe, long most) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocateFrom(ValueLayout.JAVA_LONG, offset);
            return Kernel.running()
                    .raw(
                            SystemCall.SPLICE,
                            pipe.number(),
                            0,
                            fd.number(),
                            place.address(),
                            most,
                            SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        }
    }

    /** To root where this process's user namespace has no such user or group. */
    public void changeOwner(int uid, int gid) {
        UserNamespace users = UserNamespace.own();
        Kernel.running()
                .call(
                        SystemCall.FCHOWN,
                        "change owner of " + path,
                        fd.number(),
                        users.userFor(uid),
                        users.groupFor(gid));
    }

    public void changeMode(int mode) {
        Kernel.running().call(SystemCall.FCHMOD, "change mode of " + path, fd.number(), mode);
    }

    public void changeTime(long seconds, int nanos) {
        try (Arena arena = Arena.ofConfined()) {
            Kernel.running()
                    .call(
                            SystemCall.UTIMENSAT,
                            "set the time of " + path,
                            fd.number(),
                            0,
                            times(arena, seconds, nanos),
                            0);
        }
    }

    /** Sets an extended attribute (xattr(7)), also {@code trusted.} and {@code security.} ones. */
    public void setAttribute(String name, byte[] value) {
        try (Arena arena = Arena.ofConfined()) {
            Kernel.running()
                    .call(
                            SystemCall.FSETXATTR,
                            "set attribute " + name + " of " + path,
                            fd.number(),
                            arena.allocateFrom(name).address(),
                            arena.allocateFrom(ValueLayout.JAVA_BYTE, value).address(),
                            value.length,
                            0);
        }
    }

    /** Makes the file this long; what is new reads as zeros and takes no room. */
    public void truncate(long size) {
        Kernel.running().call(SystemCall.FTRUNCATE, "set the size of " + path, fd.number(), size);
    }

    /** Writes it to its disk (fsync(2)). */
    public void sync() {
        Kernel.running().call(SystemCall.FSYNC, "write " + path + " to disk", fd.number());
    }

    /** Two {@code struct timespec}: of last access and of last modification. */
    static long times(Arena arena, long seconds, int nanos) {
        MemorySegment times = arena.allocate(32, 8);
        for (int at = 0; at < 32; at += 16) {
            times.set(ValueLayout.JAVA_LONG, at, seconds);
            times.set(ValueLayout.JAVA_LONG, at + 8, nanos);
        }
        return times.address();
    }
}
