package dev.berth.linux.asm;

import static dev.berth.linux.asm.Register.STACK;

/**
 * Encodes for aarch64. References are to chapter C6.2 ("A64 base instructions") of the Arm Architecture Reference
 * Manual for A-profile, DDI 0487. An instruction is four bytes; the constants below are its fixed bits.
 */
final class Aarch64Assembler implements Assembler {
    /** Register number 31: zero where it is data. */
    private static final int ZERO = 31;
    /** x16, which procedure calls may destroy (AAPCS64) and no {@link Register} names. */
    private static final int SCRATCH = 16;
    /** x29, the frame pointer. */
    private static final int FRAME = 29;
    /** x30, which holds the return address. */
    private static final int LINK = 30;

    private final Code code = new Code();

    @Override
    public Machine machine() {
        return Machine.AARCH64;
    }

    @Override
    public Label label() {
        return new Label();
    }

    @Override
    public void bind(Label label) {
        code.bind(label);
    }

    @Override
    public void data(byte[] bytes) {
        code.bytes(bytes);
    }

    @Override
    public void align(int alignment) {
        code.align(alignment);
    }

    /** MOV (register), an alias of ORR (shifted register); MOV (to/from SP), an alias of ADD (immediate) of zero. */
    @Override
    public void move(Register to, Register from) {
        if (to == STACK || from == STACK) {
            code.int32(0x91000000 | from.arm << 5 | to.arm);
        } else {
            code.int32(0xAA000000 | from.arm << 16 | ZERO << 5 | to.arm);
        }
    }

    /** MOVZ or MOVN for the first 16 bits that differ from the rest, MOVK for each further. */
    @Override
    public void constant(Register to, long value) {
        constant(general(to), value);
    }

    /** ADR: 21 bits of displacement, the lowest two apart. */
    @Override
    public void address(Register to, Label label) {
        code.reference(code.position(), label, (bytes, at, target) -> {
            int displacement = target - at;
            check(fits(displacement, 21), "the distance to a label", displacement);
            bytes.putInt(at, bytes.getInt(at) | (displacement & 3) << 29 | (displacement >> 2 & 0x7FFFF) << 5);
        });
        code.int32(0x10000000 | general(to));
    }

    /** LDR (immediate), unsigned offset, or LDUR. */
    @Override
    public void load64(Register to, Register base, int displacement) {
        memory(0xF9400000, 0xF8400000, 3, to, base, displacement);
    }

    /** LDR (immediate) of a W register, which clears the upper half, or LDUR. */
    @Override
    public void load32(Register to, Register base, int displacement) {
        memory(0xB9400000, 0xB8400000, 2, to, base, displacement);
    }

    /** LDRB (immediate) or LDURB. */
    @Override
    public void load8(Register to, Register base, int displacement) {
        memory(0x39400000, 0x38400000, 0, to, base, displacement);
    }

    /** STR (immediate), unsigned offset, or STUR. */
    @Override
    public void store64(Register from, Register base, int displacement) {
        memory(0xF9000000, 0xF8000000, 3, from, base, displacement);
    }

    /** STR (immediate) of a W register, or STUR. */
    @Override
    public void store32(Register from, Register base, int displacement) {
        memory(0xB9000000, 0xB8000000, 2, from, base, displacement);
    }

    /** STRB (immediate) or STURB. */
    @Override
    public void store8(Register from, Register base, int displacement) {
        memory(0x39000000, 0x38000000, 0, from, base, displacement);
    }

    /** ADD (immediate) or SUB (immediate); bit 22 shifts the twelve bits left by twelve. */
    @Override
    public void add(Register to, int value) {
        int size = Math.abs(value);
        check(size < 1 << 24, "a constant to add", value);
        int opcode = (value >= 0 ? 0x91000000 : 0xD1000000) | to.arm << 5 | to.arm;
        if (size >> 12 != 0) {
            code.int32(opcode | 1 << 22 | size >> 12 << 10);
        }
        if ((size & 0xFFF) != 0) {
            code.int32(opcode | (size & 0xFFF) << 10);
        }
    }

    /** ADD (shifted register). */
    @Override
    public void add(Register to, Register from) {
        code.int32(0x8B000000 | general(from) << 16 | general(to) << 5 | to.arm);
    }

    /** SUB (shifted register). */
    @Override
    public void subtract(Register to, Register from) {
        code.int32(0xCB000000 | general(from) << 16 | general(to) << 5 | to.arm);
    }

    /** AND (shifted register), the mask in the scratch register: not every mask can stand in AND (immediate). */
    @Override
    public void and(Register to, int mask) {
        check(mask >>> 16 == 0, "a mask", mask);
        constant(SCRATCH, mask);
        code.int32(0x8A000000 | SCRATCH << 16 | general(to) << 5 | to.arm);
    }

    /** LSL (immediate), an alias of UBFM with immr = -bits mod 64 and imms = 63 - bits. */
    @Override
    public void shiftLeft(Register to, int bits) {
        check(bits >= 1 && bits <= 63, "a shift", bits);
        code.int32(0xD3400000 | (64 - bits) << 16 | (63 - bits) << 10 | general(to) << 5 | to.arm);
    }

    /** LSR (immediate), an alias of UBFM with immr = bits and imms = 63. */
    @Override
    public void shiftRight(Register to, int bits) {
        check(bits >= 1 && bits <= 63, "a shift", bits);
        code.int32(0xD3400000 | bits << 16 | 63 << 10 | general(to) << 5 | to.arm);
    }

    /** B: 26 bits of displacement in instructions. */
    @Override
    public void jump(Label target) {
        branch26(0x14000000, target);
    }

    /** CMP (immediate), an alias of SUBS; for a negative constant CMN (immediate), an alias of ADDS; then B.cond. */
    @Override
    public void branchIf(Register left, Condition condition, int right, Label target) {
        check(Math.abs(right) <= 4095, "a constant to compare with", right);
        code.int32((right >= 0 ? 0xF1000000 : 0xB1000000) | Math.abs(right) << 10 | general(left) << 5 | ZERO);
        branchIf(condition, target);
    }

    /** CMP (shifted register), an alias of SUBS; then B.cond. */
    @Override
    public void branchIf(Register left, Condition condition, Register right, Label target) {
        code.int32(0xEB000000 | general(right) << 16 | general(left) << 5 | ZERO);
        branchIf(condition, target);
    }

    /** BR. */
    @Override
    public void jumpTo(Register address) {
        code.int32(0xD61F0000 | general(address) << 5);
    }

    /** BL: as B, and x30 is the return address. */
    @Override
    public void call(Label routine) {
        branch26(0x94000000, routine);
    }

    /** RET to x30. */
    @Override
    public void ret() {
        code.int32(0xD65F0000 | LINK << 5);
    }

    /** STP (pre-index) by -16: the pairs in which {@link #leave()} takes them back. */
    @Override
    public void enter() {
        storePair(FRAME, LINK);
        storePair(Register.KEPT0.arm, Register.KEPT1.arm);
        storePair(Register.KEPT2.arm, Register.KEPT3.arm);
        storePair(Register.KEPT4.arm, Register.KEPT5.arm);
    }

    /** LDP (post-index) by 16. */
    @Override
    public void leave() {
        loadPair(Register.KEPT4.arm, Register.KEPT5.arm);
        loadPair(Register.KEPT2.arm, Register.KEPT3.arm);
        loadPair(Register.KEPT0.arm, Register.KEPT1.arm);
        loadPair(FRAME, LINK);
    }

    /** SVC #0. */
    @Override
    public void syscall() {
        code.int32(0xD4000001);
    }

    @Override
    public byte[] bytes() {
        return code.toBytes();
    }

    private void constant(int to, long value) {
        boolean inverted = value < 0;
        long rest = inverted ? 0xFFFF : 0;
        boolean first = true;
        for (int half = 0; half < 4; half++) {
            long bits = (value >>> (16 * half)) & 0xFFFF;
            if (bits == rest) {
                continue;
            }
            if (first) {
                int opcode = inverted ? 0x92800000 : 0xD2800000;
                code.int32(opcode | half << 21 | (int) (inverted ? ~bits & 0xFFFF : bits) << 5 | to);
                first = false;
            } else {
                code.int32(0xF2800000 | half << 21 | (int) bits << 5 | to);
            }
        }
        if (first) { // all bits alike: 0 or -1
            code.int32((inverted ? 0x92800000 : 0xD2800000) | to);
        }
    }

    /** The scaled form where the displacement is a small multiple of the operand's size, else the unscaled one. */
    private void memory(int scaled, int unscaled, int shift, Register data, Register base, int displacement) {
        int steps = displacement >> shift;
        if (displacement >= 0 && steps << shift == displacement && steps < 4096) {
            code.int32(scaled | steps << 10 | base.arm << 5 | general(data));
        } else {
            check(fits(displacement, 9), "a displacement", displacement);
            code.int32(unscaled | (displacement & 0x1FF) << 12 | base.arm << 5 | general(data));
        }
    }

    private void branch26(int opcode, Label target) {
        code.reference(code.position(), target, (bytes, at, to) -> {
            int steps = (to - at) / 4;
            check(fits(steps, 26), "the distance to a label", to - at);
            bytes.putInt(at, bytes.getInt(at) | (steps & 0x3FFFFFF));
        });
        code.int32(opcode);
    }

    /** B.cond: 19 bits of displacement in instructions. */
    private void branchIf(Condition condition, Label target) {
        code.reference(code.position(), target, (bytes, at, to) -> {
            int steps = (to - at) / 4;
            check(fits(steps, 19), "the distance to a label", to - at);
            bytes.putInt(at, bytes.getInt(at) | (steps & 0x7FFFF) << 5);
        });
        code.int32(0x54000000 | condition.arm);
    }

    private void storePair(int first, int second) {
        code.int32(0xA9800000 | (-16 >> 3 & 0x7F) << 15 | second << 10 | STACK.arm << 5 | first);
    }

    private void loadPair(int first, int second) {
        code.int32(0xA8C00000 | 16 >> 3 << 15 | second << 10 | STACK.arm << 5 | first);
    }

    /** The register's number, where 31 would mean zero and not the stack pointer. */
    private static int general(Register register) {
        if (register == STACK) {
            throw new IllegalArgumentException("the stack pointer cannot stand here");
        }
        return register.arm;
    }

    private static boolean fits(int value, int bits) {
        return value >= -(1 << (bits - 1)) && value < 1 << (bits - 1);
    }

    private static void check(boolean fits, String what, int value) {
        if (!fits) {
            throw new IllegalArgumentException(what + " is out of range: " + value);
        }
    }
}
