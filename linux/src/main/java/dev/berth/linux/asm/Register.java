package dev.berth.linux.asm;

/**
 * A 64-bit register by its part in a Linux system call, so that a program reads the same for every machine.
 *
 * <p>Some parts share a register: {@link #RESULT} is {@link #NUMBER} on x86-64 and {@link #ARG0} on aarch64. Take a
 * result away before the next call is prepared. A system call keeps every register but {@code RESULT}; a call into
 * this code from Java must find the {@code KEPT} ones as they were
 * ({@link Assembler#enter()}, {@link Assembler#leave()}).
 */
public enum Register {
    /** The system call's number: rax, x8. */
    NUMBER(0, 8),
    /** The system call's or function's result: rax, x0. */
    RESULT(0, 0),
    /** The first argument, of a system call and of a C function: rdi, x0. */
    ARG0(7, 0),
    /** The second argument, of a system call and of a C function: rsi, x1. */
    ARG1(6, 1),
    /** The third argument, of a system call and of a C function: rdx, x2. */
    ARG2(2, 2),
    /** The fourth argument of a system call (C has it elsewhere on x86-64): r10, x3. */
    ARG3(10, 3),
    /** The fifth argument: r8, x4. */
    ARG4(8, 4),
    /** The sixth argument: r9, x5. */
    ARG5(9, 5),
    /** Free for the program: rbx, x19. */
    KEPT0(3, 19),
    /** Free for the program: rbp, x20. */
    KEPT1(5, 20),
    /** Free for the program: r12, x21. */
    KEPT2(12, 21),
    /** Free for the program: r13, x22. */
    KEPT3(13, 22),
    /** Free for the program: r14, x23. */
    KEPT4(14, 23),
    /** Free for the program: r15, x24. */
    KEPT5(15, 24),
    /** The stack pointer: rsp, sp. Only to move, to add a constant to, and as a base address. */
    STACK(4, 31);

    final int x86;
    final int arm;

    Register(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }
}
