package dev.berth.linux.asm;

/** How two 64-bit numbers compare. */
public enum Condition {
    EQUAL(0x4, 0x0),
    NOT_EQUAL(0x5, 0x1),
    /** Signed. */
    LESS(0xC, 0xB),
    /** Signed. */
    AT_LEAST(0xD, 0xA),
    /** Unsigned: a result of a system call is an error when it is {@code ABOVE_OR_EQUAL} to -4095. */
    ABOVE_OR_EQUAL(0x3, 0x2),
    /** Unsigned. */
    BELOW(0x2, 0x3);

    /** The tttn field of Jcc (SDM volume 2, appendix B.1.4.7). */
    final int x86;
    /** The cond field of B.cond (Arm ARM, C1.2.4). */
    final int arm;

    Condition(int x86, int arm) {
        this.x86 = x86;
        this.arm = arm;
    }
}
