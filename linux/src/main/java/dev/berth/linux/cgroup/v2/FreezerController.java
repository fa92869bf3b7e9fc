package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import java.util.concurrent.locks.LockSupport;

/** The core's freezer (v2 has no controller for it): stops all processes where they are. */
record FreezerController() {
    private static final String FREEZE = "cgroup.freeze";
    private static final int TRIES = 2_000;
    private static final long PAUSE_NANOS = 1_000_000;

    void freeze(CgroupDirectory group) {
        group.write(FREEZE, "1");
        for (int i = 0; i < TRIES; i++) {
            if (group.readNumber("cgroup.events", "frozen") == 1) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        thaw(group);
        throw new CgroupException("cannot freeze " + group.path() + ": a process in it does not stop");
    }

    void thaw(CgroupDirectory group) {
        group.write(FREEZE, "0");
    }
}
