package dev.berth.linux;

import dev.berth.linux.asm.SystemCall;
import java.util.ArrayList;
import java.util.List;

/** Whether the running kernel knows the newer system calls that Berth is built on. */
public final class KernelFeatures {
    private static final long NOTHING = -1;
    /** Flags that no version has: a kernel that knows the call refuses them before it does anything. */
    private static final long ALL_FLAGS = 0xffff_ffffL;

    private KernelFeatures() {}

    /**
     * A system call.
     *
     * @param since the version of the kernel that brought it
     * @param there whether this kernel has it, and nothing around us (a filter, say) hides it
     */
    public record Feature(String name, String since, boolean there) {}

    /** All of them. Each is called with arguments that it refuses. */
    public static List<Feature> probe() {
        Kernel kernel = Kernel.running();
        List<Feature> features = new ArrayList<>();
        features.add(feature(kernel, "clone3", "5.3", SystemCall.CLONE3, 0, 0, 0));
        features.add(feature(kernel, "pidfd_open", "5.3", SystemCall.PIDFD_OPEN, 0, 0, 0));
        features.add(feature(kernel, "openat2", "5.6", SystemCall.OPENAT2, NOTHING, 0, 0));
        features.add(feature(kernel, "close_range", "5.9", SystemCall.CLOSE_RANGE, 1, 0, ALL_FLAGS));
        features.add(feature(kernel, "open_tree", "5.2", SystemCall.OPEN_TREE, NOTHING, 0, ALL_FLAGS));
        features.add(feature(kernel, "move_mount", "5.2", SystemCall.MOVE_MOUNT, NOTHING, 0, NOTHING));
        features.add(feature(kernel, "fsopen", "5.2", SystemCall.FSOPEN, 0, ALL_FLAGS, 0));
        features.add(feature(kernel, "mount_setattr", "5.12", SystemCall.MOUNT_SETATTR, NOTHING, 0, ALL_FLAGS));
        features.add(feature(kernel, "seccomp", "3.17", SystemCall.SECCOMP, ALL_FLAGS, 0, 0));
        features.add(feature(kernel, "memfd_create", "3.17", SystemCall.MEMFD_CREATE, 0, ALL_FLAGS, 0));
        return List.copyOf(features);
    }

    private static Feature feature(
            Kernel kernel, String name, String since, SystemCall call, long a0, long a1, long a2) {
        long result = kernel.raw(call, a0, a1, a2, 0);
        return new Feature(name, since, result != -Errno.ENOSYS.number());
    }
}
