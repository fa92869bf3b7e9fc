package dev.berth.linux.launch;

/** An argument of a program's call: known when the program is written, or left in memory by an earlier call. */
public sealed interface Operand {
    /** A number: a descriptor, an address, a flag. */
    record Constant(long value) implements Operand {}

    /** What an earlier step of the same program returns when it runs: a file descriptor, mostly. */
    record ResultOf(Step step) implements Operand {}

    /** The 64 bits that lie at an address when the call is made. */
    record At(long address) implements Operand {}

    static Operand of(long value) {
        return new Constant(value);
    }
}
