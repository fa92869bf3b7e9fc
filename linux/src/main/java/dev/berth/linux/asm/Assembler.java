package dev.berth.linux.asm;

/**
 * Takes down a program, one method an instruction (or a short run of them), and gives it back as position-independent
 * machine code. All arithmetic is on 64 bits. Not safe for use by many threads.
 *
 * <p>A wrong operand (a displacement that the instruction cannot hold, {@link Register#STACK} where it means something
 * else) is the programmer's error: {@link IllegalArgumentException}.
 */
public sealed interface Assembler permits X86_64Assembler, Aarch64Assembler {
    /** What this makes code for. */
    Machine machine();

    /** A place that {@link #bind} will fix. */
    Label label();

    /** Fixes the label here. */
    void bind(Label label);

    /** Makes the label and fixes it here. */
    default Label here() {
        Label label = label();
        bind(label);
        return label;
    }

    /** Bytes that are not instructions. Must not be reached by running. */
    void data(byte[] bytes);

    /** Fills with zeros up to a multiple of {@code alignment}, a power of two. Needed before code that follows data. */
    void align(int alignment);

    /** {@code to = from}. */
    void move(Register to, Register from);

    /** {@code to = value}. */
    void constant(Register to, long value);

    /** {@code to =} the address of the label at run time. */
    void address(Register to, Label label);

    /** {@code to = *(u64*) (base + displacement)}. */
    void load64(Register to, Register base, int displacement);

    /** {@code to = *(u32*) (base + displacement)}, the upper half zero. */
    void load32(Register to, Register base, int displacement);

    /** {@code to = *(u8*) (base + displacement)}, the rest zero. */
    void load8(Register to, Register base, int displacement);

    /** {@code *(u64*) (base + displacement) = from}. */
    void store64(Register from, Register base, int displacement);

    /** {@code *(u32*) (base + displacement) =} the lower half of {@code from}. */
    void store32(Register from, Register base, int displacement);

    /** {@code *(u8*) (base + displacement) =} the lowest byte of {@code from}. */
    void store8(Register from, Register base, int displacement);

    /** {@code to += value}, of less than 2²⁴ either way. */
    void add(Register to, int value);

    /** {@code to += from}. */
    void add(Register to, Register from);

    /** {@code to -= from}. */
    void subtract(Register to, Register from);

    /** {@code to &= mask}, a mask of at most 16 bits. */
    void and(Register to, int mask);

    /** {@code to <<= bits}, 1 to 63. */
    void shiftLeft(Register to, int bits);

    /** {@code to >>>= bits}, 1 to 63. */
    void shiftRight(Register to, int bits);

    /** Goes to the label. */
    void jump(Label target);

    /** Goes to the label when {@code left condition right}; right is -4095 to 4095. */
    void branchIf(Register left, Condition condition, int right, Label target);

    /** Goes to the label when {@code left condition right}. */
    void branchIf(Register left, Condition condition, Register right, Label target);

    /** Goes to the address. */
    void jumpTo(Register address);

    /** Calls a routine that ends with {@link #ret()} and calls none itself (aarch64 keeps one return address). */
    void call(Label routine);

    /** Returns from a routine entered by {@link #call} or, after {@link #leave()}, from the whole program. */
    void ret();

    /** Puts the {@code KEPT} registers by, at the start of code that is called as a C function. */
    void enter();

    /** Takes the {@code KEPT} registers back, before {@link #ret()}. The stack pointer must be as it was after enter. */
    void leave();

    /** Does the system call: {@code RESULT = NUMBER(ARG0 … ARG5)}. */
    void syscall();

    /** {@code NUMBER = call}'s number, then {@link #syscall()}. */
    default void syscall(SystemCall call) {
        constant(Register.NUMBER, call.number(machine()));
        syscall();
    }

    /**
     * The program.
     *
     * @throws IllegalStateException when a label that is used was never bound
     */
    byte[] bytes();
}
