package dev.berth.linux.asm;

import static dev.berth.linux.asm.Register.STACK;

/**
 * Encodes for x86-64. References are to the instruction pages of the Intel 64 and IA-32 Architectures Software
 * Developer's Manual, volume 2 ("SDM").
 */
final class X86_64Assembler implements Assembler {
    private static final Register[] KEPT = {
        Register.KEPT0, Register.KEPT1, Register.KEPT2, Register.KEPT3, Register.KEPT4, Register.KEPT5
    };

    private final Code code = new Code();

    @Override
    public Machine machine() {
        return Machine.X86_64;
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

    /** SDM MOV: {@code REX.W 89 /r}. */
    @Override
    public void move(Register to, Register from) {
        registers(0x89, from, to);
    }

    /** SDM MOV: {@code B8+rd id} (clears the upper half), {@code REX.W C7 /0 id} (extends the sign), {@code REX.W B8+rd io}. */
    @Override
    public void constant(Register to, long value) {
        if (value >>> 32 == 0) {
            prefix(0, to.x86);
            code.bytes(0xB8 | (to.x86 & 7));
            code.int32((int) value);
        } else if (value == (int) value) {
            code.bytes(rex(true, 0, to.x86), 0xC7, direct(0, to.x86));
            code.int32((int) value);
        } else {
            code.bytes(rex(true, 0, to.x86), 0xB8 | (to.x86 & 7));
            code.int64(value);
        }
    }

    /** SDM LEA: {@code REX.W 8D /r} with mod 00 and r/m 101, which is relative to RIP (SDM 2.2.1.6). */
    @Override
    public void address(Register to, Label label) {
        code.bytes(rex(true, to.x86, 0), 0x8D, (to.x86 & 7) << 3 | 0b101);
        relative32(label);
    }

    /** SDM MOV: {@code REX.W 8B /r}. */
    @Override
    public void load64(Register to, Register base, int displacement) {
        code.bytes(rex(true, to.x86, base.x86), 0x8B);
        memory(to.x86, base, displacement);
    }

    /** SDM MOV: {@code 8B /r}, which clears the upper half. */
    @Override
    public void load32(Register to, Register base, int displacement) {
        prefix(to.x86, base.x86);
        code.bytes(0x8B);
        memory(to.x86, base, displacement);
    }

    /** SDM MOVZX: {@code 0F B6 /r}. */
    @Override
    public void load8(Register to, Register base, int displacement) {
        prefix(to.x86, base.x86);
        code.bytes(0x0F, 0xB6);
        memory(to.x86, base, displacement);
    }

    /** SDM MOV: {@code REX.W 89 /r}. */
    @Override
    public void store64(Register from, Register base, int displacement) {
        code.bytes(rex(true, from.x86, base.x86), 0x89);
        memory(from.x86, base, displacement);
    }

    /** SDM MOV: {@code 89 /r}. */
    @Override
    public void store32(Register from, Register base, int displacement) {
        prefix(from.x86, base.x86);
        code.bytes(0x89);
        memory(from.x86, base, displacement);
    }

    /** SDM MOV: {@code REX 88 /r}; the REX prefix makes 4 to 7 mean spl to dil (SDM 2.2.1.2). */
    @Override
    public void store8(Register from, Register base, int displacement) {
        code.bytes(rex(false, from.x86, base.x86), 0x88);
        memory(from.x86, base, displacement);
    }

    /** SDM ADD: {@code REX.W 83 /0 ib} or {@code REX.W 81 /0 id}. */
    @Override
    public void add(Register to, int value) {
        check(Math.abs(value) < 1 << 24, "a constant to add", value);
        arithmetic(0, to, value);
    }

    /** SDM ADD: {@code REX.W 01 /r}. */
    @Override
    public void add(Register to, Register from) {
        registers(0x01, general(from), general(to));
    }

    /** SDM SUB: {@code REX.W 29 /r}. */
    @Override
    public void subtract(Register to, Register from) {
        registers(0x29, general(from), general(to));
    }

    /** SDM AND: {@code REX.W 81 /4 id}. */
    @Override
    public void and(Register to, int mask) {
        check(mask >>> 16 == 0, "a mask", mask);
        arithmetic(4, general(to), mask);
    }

    /** SDM SHL: {@code REX.W C1 /4 ib}. */
    @Override
    public void shiftLeft(Register to, int bits) {
        shift(4, to, bits);
    }

    /** SDM SHR: {@code REX.W C1 /5 ib}. */
    @Override
    public void shiftRight(Register to, int bits) {
        shift(5, to, bits);
    }

    /** SDM JMP: {@code E9 cd}. */
    @Override
    public void jump(Label target) {
        code.bytes(0xE9);
        relative32(target);
    }

    /** SDM CMP: {@code REX.W 83 /7 ib} or {@code REX.W 81 /7 id}, then Jcc. */
    @Override
    public void branchIf(Register left, Condition condition, int right, Label target) {
        check(Math.abs(right) <= 4095, "a constant to compare with", right);
        arithmetic(7, general(left), right);
        jumpIf(condition, target);
    }

    /** SDM CMP: {@code REX.W 39 /r}, then Jcc. */
    @Override
    public void branchIf(Register left, Condition condition, Register right, Label target) {
        registers(0x39, general(right), general(left));
        jumpIf(condition, target);
    }

    /** SDM JMP: {@code FF /4}. */
    @Override
    public void jumpTo(Register address) {
        prefix(0, general(address).x86);
        code.bytes(0xFF, direct(4, address.x86));
    }

    /** SDM CALL: {@code E8 cd}. */
    @Override
    public void call(Label routine) {
        code.bytes(0xE8);
        relative32(routine);
    }

    /** SDM RET: {@code C3}. */
    @Override
    public void ret() {
        code.bytes(0xC3);
    }

    /** SDM PUSH: {@code 50+rd}. */
    @Override
    public void enter() {
        for (Register register : KEPT) {
            prefix(0, register.x86);
            code.bytes(0x50 | (register.x86 & 7));
        }
    }

    /** SDM POP: {@code 58+rd}. */
    @Override
    public void leave() {
        for (int i = KEPT.length - 1; i >= 0; i--) {
            prefix(0, KEPT[i].x86);
            code.bytes(0x58 | (KEPT[i].x86 & 7));
        }
    }

    /** SDM SYSCALL: {@code 0F 05}. Destroys rcx and r11, which no {@link Register} names. */
    @Override
    public void syscall() {
        code.bytes(0x0F, 0x05);
    }

    @Override
    public byte[] bytes() {
        return code.toBytes();
    }

    /** The prefix {@code 0100WRXB} (SDM 2.2.1.2): R extends the reg field, B the r/m field or the opcode's register. */
    private static int rex(boolean wide, int reg, int rm) {
        return 0x40 | (wide ? 8 : 0) | reg >>> 3 << 2 | rm >>> 3;
    }

    /** The prefix of an instruction on 32 bits, or whose width is given: only where it says something. */
    private void prefix(int reg, int rm) {
        int rex = rex(false, reg, rm);
        if (rex != 0x40) {
            code.bytes(rex);
        }
    }

    /** A ModR/M byte with mod 11: both operands are registers (SDM table 2-2). */
    private static int direct(int reg, int rm) {
        return 0b11 << 6 | (reg & 7) << 3 | (rm & 7);
    }

    private void registers(int opcode, Register reg, Register rm) {
        code.bytes(rex(true, reg.x86, rm.x86), opcode, direct(reg.x86, rm.x86));
    }

    /**
     * ModR/M, SIB and displacement (SDM tables 2-2 and 2-3). Always with a displacement, because mod 00 means something
     * else for rbp and r13; always with a SIB for rsp and r12, whose number in r/m announces one.
     */
    private void memory(int reg, Register base, int displacement) {
        boolean small = displacement == (byte) displacement;
        code.bytes((small ? 0b01 : 0b10) << 6 | (reg & 7) << 3 | (base.x86 & 7));
        if ((base.x86 & 7) == 4) {
            code.bytes(0x24);
        }
        if (small) {
            code.bytes(displacement);
        } else {
            code.int32(displacement);
        }
    }

    /** The group of opcodes 83 and 81, which /digit tells apart. */
    private void arithmetic(int digit, Register to, int value) {
        boolean small = value == (byte) value;
        code.bytes(rex(true, 0, to.x86), small ? 0x83 : 0x81, direct(digit, to.x86));
        if (small) {
            code.bytes(value);
        } else {
            code.int32(value);
        }
    }

    private void shift(int digit, Register to, int bits) {
        check(bits >= 1 && bits <= 63, "a shift", bits);
        code.bytes(rex(true, 0, general(to).x86), 0xC1, direct(digit, to.x86), bits);
    }

    /** SDM Jcc: {@code 0F 80+tttn cd}. */
    private void jumpIf(Condition condition, Label target) {
        code.bytes(0x0F, 0x80 | condition.x86);
        relative32(target);
    }

    /** Four bytes that count from their own end. */
    private void relative32(Label target) {
        code.reference(code.position(), target, (bytes, at, to) -> bytes.putInt(at, to - (at + 4)));
        code.int32(0);
    }

    private static Register general(Register register) {
        if (register == STACK) {
            throw new IllegalArgumentException("the stack pointer cannot stand here");
        }
        return register;
    }

    private static void check(boolean fits, String what, int value) {
        if (!fits) {
            throw new IllegalArgumentException(what + " is out of range: " + value);
        }
    }
}
