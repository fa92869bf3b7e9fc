package dev.berth.linux.launch;

/** What a child has of its own, as bits of clone(2) and setns(2). */
public final class CloneFlags {
    public static final long NEW_TIME = 0x80;
    public static final long NEW_NS = 0x00020000;
    public static final long NEW_CGROUP = 0x02000000;
    public static final long NEW_UTS = 0x04000000;
    public static final long NEW_IPC = 0x08000000;
    public static final long NEW_USER = 0x10000000;
    public static final long NEW_PID = 0x20000000;
    public static final long NEW_NET = 0x40000000;

    static final long VM = 0x00000100;
    static final long FILES = 0x00000400;
    static final long PIDFD = 0x00001000;
    static final long VFORK = 0x00004000;
    static final long CLEAR_SIGHAND = 0x100000000L;
    static final long INTO_CGROUP = 0x200000000L;

    private CloneFlags() {}
}
