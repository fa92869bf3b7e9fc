package dev.berth.level.os.seccomp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Classic BPF as it grows ({@code Documentation/networking/filter.rst}): instructions of eight bytes {code, jt, jf, k},
 * whose conditional jumps go forward by at most 255.
 */
final class BpfProgram {
    /** The kernel takes no more ({@code BPF_MAXINSNS}). */
    static final int MOST_INSTRUCTIONS = 4096;

    private static final int LOAD_WORD_ABSOLUTE = 0x20;
    private static final int JUMP_ALWAYS = 0x05;
    private static final int JUMP_EQUAL = 0x15;
    private static final int JUMP_GREATER = 0x25;
    private static final int JUMP_GREATER_OR_EQUAL = 0x35;
    private static final int AND = 0x54;
    private static final int RETURN = 0x06;

    private final List<Instruction> instructions = new ArrayList<>();

    private record Instruction(int code, int jumpTrue, int jumpFalse, int k) {}

    int size() {
        return instructions.size();
    }

    void load(int offset) {
        add(LOAD_WORD_ABSOLUTE, 0, 0, offset);
    }

    void and(int mask) {
        add(AND, 0, 0, mask);
    }

    void ret(int action) {
        add(RETURN, 0, 0, action);
    }

    void jump(int over) {
        add(JUMP_ALWAYS, 0, 0, over);
    }

    void ifEqual(int value, int overWhenTrue, int overWhenFalse) {
        add(JUMP_EQUAL, overWhenTrue, overWhenFalse, value);
    }

    void ifGreater(int value, int overWhenTrue, int overWhenFalse) {
        add(JUMP_GREATER, overWhenTrue, overWhenFalse, value);
    }

    void ifAtLeast(int value, int overWhenTrue, int overWhenFalse) {
        add(JUMP_GREATER_OR_EQUAL, overWhenTrue, overWhenFalse, value);
    }

    void append(BpfProgram other) {
        instructions.addAll(other.instructions);
    }

    private void add(int code, int jumpTrue, int jumpFalse, int k) {
        if (jumpTrue > 255 || jumpFalse > 255) {
            throw new IllegalStateException("a conditional jump goes too far");
        }
        instructions.add(new Instruction(code, jumpTrue, jumpFalse, k));
    }

    /** As {@code struct sock_filter[]}. */
    byte[] bytes() {
        if (instructions.size() > MOST_INSTRUCTIONS) {
            throw Profile.invalid(
                    "it needs more than the " + MOST_INSTRUCTIONS + " instructions that the kernel takes");
        }
        ByteBuffer buffer = ByteBuffer.allocate(8 * instructions.size()).order(ByteOrder.nativeOrder());
        for (Instruction i : instructions) {
            buffer.putShort((short) i.code)
                    .put((byte) i.jumpTrue)
                    .put((byte) i.jumpFalse)
                    .putInt(i.k);
        }
        return buffer.array();
    }
}
