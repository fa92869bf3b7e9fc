package dev.berth.linux.file;

import dev.berth.linux.asm.Machine;

/** Flags of open(2). */
public final class Open {
    public static final int READ = 0;
    public static final int WRITE = 1;
    public static final int READ_WRITE = 2;
    public static final int CREATE = 0100;
    public static final int EXCLUSIVE = 0200;
    public static final int NO_TERMINAL = 0400;
    public static final int TRUNCATE = 01000;
    public static final int APPEND = 02000;
    public static final int NON_BLOCKING = 04000;
    public static final int CLOEXEC = 02000000;
    public static final int PATH = 010000000;

    /** These two have other values on aarch64 ({@code arch/arm64/include/uapi/asm/fcntl.h}). */
    public static final int DIRECTORY = arm() ? 040000 : 0200000;

    public static final int NOFOLLOW = arm() ? 0100000 : 0400000;

    private Open() {}

    private static boolean arm() {
        return Machine.host().filter(machine -> machine == Machine.AARCH64).isPresent();
    }
}
