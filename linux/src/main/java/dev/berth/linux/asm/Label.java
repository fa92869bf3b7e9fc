package dev.berth.linux.asm;

/**
 * A place in a program, known or still to come. Made by {@link Assembler#label()}; of use only to the assembler that
 * made it.
 */
public final class Label {
    static final int UNBOUND = -1;

    int offset = UNBOUND;

    Label() {}

    /**
     * Where it is, in bytes from the start of the code.
     *
     * @throws IllegalStateException when it has not been bound yet
     */
    public int offset() {
        if (offset == UNBOUND) {
            throw new IllegalStateException("a label of this program was never bound");
        }
        return offset;
    }
}
