package dev.berth.linux.file;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.OwnThread;
import dev.berth.linux.asm.SystemCall;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;

/**
 * An overlay (Documentation/filesystems/overlayfs.rst) that is mounted nowhere: only who holds its root sees it, and it
 * ends when that is closed. fsconfig(2) takes no option longer than 255 bytes, so it is mounted the old way by a thread
 * in a mount namespace of its own, and cloned out of it (open_tree(2)).
 */
public final class Overlay {
    private static final int AT_FDCWD = -100;
    private static final long CLONE_NEWNS = 0x20000;
    private static final long MS_REC_PRIVATE = 0x4000 | 0x40000;
    private static final int OPEN_TREE_CLONE = 1;
    private static final int MNT_DETACH = 2;

    private Overlay() {}

    /**
     * Opens the root of a new overlay; the caller closes it. The upper directory must not be part of another overlay
     * meanwhile.
     *
     * @param lower the topmost first
     * @throws LinuxException if the kernel refuses, or the directories' paths together are longer than it takes
     */
    public static Directory open(List<Path> lower, Path upper, Path work) {
        OverlayOptions options = OverlayOptions.of(lower, upper, work);
        if (options.isTooLong()) {
            throw new LinuxException(
                    SystemCall.MOUNT, Errno.E2BIG.number(), "mount an overlay of " + lower.size() + " layers");
        }
        return Directory.of(OwnThread.call("berth-overlay", () -> mount(upper.toString(), options)), upper.toString());
    }

    /** On this thread alone, whose namespaces and working directory nobody shares after the first call. */
    private static Fd mount(String upper, OverlayOptions options) {
        Kernel kernel = Kernel.running();
        try (Arena arena = Arena.ofConfined()) {
            long point = Directory.segment(arena, upper).address();
            long type = arena.allocateFrom("overlay").address();
            kernel.call(SystemCall.UNSHARE, "leave the mount namespace", CLONE_NEWNS, 0);
            kernel.call(
                    SystemCall.MOUNT,
                    "make mounts private",
                    0,
                    arena.allocateFrom("/").address(),
                    0,
                    MS_REC_PRIVATE,
                    0);
            kernel.call(
                    SystemCall.CHDIR,
                    "go to " + options.directory(),
                    Directory.segment(arena, options.directory().toString()).address());
            kernel.call(
                    SystemCall.MOUNT,
                    "mount an overlay on " + upper,
                    type,
                    point,
                    type,
                    0,
                    Directory.segment(arena, options.data()).address());
            try {
                return new Fd((int) kernel.call(
                        SystemCall.OPEN_TREE,
                        "open the overlay on " + upper,
                        AT_FDCWD,
                        point,
                        OPEN_TREE_CLONE | Open.CLOEXEC));
            } finally {
                kernel.raw(SystemCall.UMOUNT2, point, MNT_DETACH);
            }
        }
    }
}
