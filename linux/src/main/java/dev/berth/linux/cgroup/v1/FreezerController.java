package dev.berth.linux.cgroup.v1;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import java.util.concurrent.locks.LockSupport;

/** {@code freezer}: stops all processes where they are. */
record FreezerController() {
    static final String NAME = "freezer";

    private static final String STATE = "freezer.state";
    private static final String FROZEN = "FROZEN";
    private static final String THAWED = "THAWED";
    private static final int TRIES = 2_000;
    private static final long PAUSE_NANOS = 1_000_000;

    /**
     * Writes the state until the kernel says that it is reached. A process made while the others were being stopped
     * may have been missed, and only a further write looks again (kernel documentation,
     * {@code freezer-subsystem.rst}).
     */
    void freeze(CgroupDirectory group) {
        if (!tryFreeze(group)) {
            thaw(group);
            throw new CgroupException("cannot freeze " + group.path() + ": a process in it does not stop");
        }
    }

    /** The same, but leaves a group half frozen that does not stop. */
    boolean tryFreeze(CgroupDirectory group) {
        for (int i = 0; i < TRIES; i++) {
            group.write(STATE, FROZEN);
            if (group.read(STATE).equals(FROZEN)) {
                return true;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return false;
    }

    void thaw(CgroupDirectory group) {
        group.write(STATE, THAWED);
    }
}
