package dev.berth.linux.asm;

/**
 * The system calls of programs that are assembled for either machine, with their numbers in the kernel's tables
 * ({@code arch/x86/entry/syscalls/syscall_64.tbl}, {@code include/uapi/asm-generic/unistd.h}).
 */
public enum SystemCall {
    WRITE(1, 64),
    IOCTL(16, 29),
    RT_SIGPROCMASK(14, 135),
    RT_SIGTIMEDWAIT(128, 137),
    GETPID(39, 172),
    CLONE(56, 220),
    EXECVE(59, 221),
    WAIT4(61, 260),
    KILL(62, 129),
    UNAME(63, 160),
    SETPGID(109, 154),
    GETPGID(121, 155),
    PRCTL(157, 167),
    EXIT_GROUP(231, 94);

    private final int x86;
    private final int arm;

    SystemCall(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }

    /** Its number on the machine. */
    public int number(Machine machine) {
        return switch (machine) {
            case X86_64 -> x86;
            case AARCH64 -> arm;
        };
    }
}
