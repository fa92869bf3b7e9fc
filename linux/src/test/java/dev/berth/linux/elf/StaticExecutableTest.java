package dev.berth.linux.elf;

import static dev.berth.linux.asm.Condition.ABOVE_OR_EQUAL;
import static dev.berth.linux.asm.Condition.AT_LEAST;
import static dev.berth.linux.asm.Condition.BELOW;
import static dev.berth.linux.asm.Condition.EQUAL;
import static dev.berth.linux.asm.Condition.LESS;
import static dev.berth.linux.asm.Condition.NOT_EQUAL;
import static dev.berth.linux.asm.Register.ARG0;
import static dev.berth.linux.asm.Register.ARG1;
import static dev.berth.linux.asm.Register.ARG2;
import static dev.berth.linux.asm.Register.KEPT0;
import static dev.berth.linux.asm.Register.KEPT1;
import static dev.berth.linux.asm.Register.KEPT2;
import static dev.berth.linux.asm.Register.RESULT;
import static dev.berth.linux.asm.Register.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.asm.Assembler;
import dev.berth.linux.asm.Condition;
import dev.berth.linux.asm.Label;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.SystemCall;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Executables that run: each operation of the assembler does on a processor what its description says. */
@Needs(Need.QEMU_AARCH64)
class StaticExecutableTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(Machine.class)
    void aProgramRunsAndItsOperationsDoWhatTheySay(Machine machine) throws Exception {
        Assembler a = machine.assembler();
        Checks checks = new Checks(a);
        arithmetic(a, checks);
        memory(a, checks);
        comparisons(a, checks);
        routines(a, checks);
        exit(a, 42);
        assertThat(Programs.run(machine, StaticExecutable.of(machine, a.bytes()), dir)
                        .code())
                .as("the number of the failed check, or 42")
                .isEqualTo(42);
    }

    private static void arithmetic(Assembler a, Checks checks) {
        a.constant(KEPT0, 0x1234_5678_9ABC_DEF0L);
        a.shiftRight(KEPT0, 32);
        checks.equal(KEPT0, 0x1234_5678L);
        a.shiftLeft(KEPT0, 4);
        checks.equal(KEPT0, 0x1_2345_6780L);
        a.and(KEPT0, 0xFFF0);
        checks.equal(KEPT0, 0x6780L);
        a.add(KEPT0, 0x12_3456);
        checks.equal(KEPT0, 0x6780L + 0x12_3456);
        a.add(KEPT0, -0x12_3456);
        checks.equal(KEPT0, 0x6780L);
        a.constant(KEPT1, -5);
        a.add(KEPT0, KEPT1);
        checks.equal(KEPT0, 0x677BL);
        a.subtract(KEPT0, KEPT1);
        checks.equal(KEPT0, 0x6780L);
        a.move(ARG2, KEPT0);
        checks.equal(ARG2, 0x6780L);
    }

    private static void memory(Assembler a, Checks checks) {
        Label numbers = a.label();
        Label over = a.label();
        a.jump(over);
        a.align(8);
        a.bind(numbers);
        a.data(new byte[] {1, 2, 3, 4, 5, 6, 7, (byte) 0x88});
        a.bind(over);
        a.address(ARG1, numbers);
        a.load64(KEPT0, ARG1, 0);
        checks.equal(KEPT0, 0x8807_0605_0403_0201L);
        a.load32(KEPT0, ARG1, 4);
        checks.equal(KEPT0, 0x8807_0605L);
        a.load8(KEPT0, ARG1, 7);
        checks.equal(KEPT0, 0x88);
        a.add(STACK, -4096);
        a.constant(KEPT1, -1);
        a.store64(KEPT1, STACK, 8);
        a.constant(KEPT1, 0x11223344);
        a.store32(KEPT1, STACK, 8);
        a.constant(KEPT1, 0xFE);
        a.store8(KEPT1, STACK, 15);
        a.load64(KEPT0, STACK, 8);
        checks.equal(KEPT0, 0xFEFF_FFFF_1122_3344L);
        a.add(STACK, 4096);
        a.load64(KEPT0, STACK, 8 - 4096 + 4000);
    }

    private static void comparisons(Assembler a, Checks checks) {
        a.constant(KEPT0, -22);
        checks.holds(KEPT0, LESS, 0);
        checks.holds(KEPT0, ABOVE_OR_EQUAL, -4095);
        checks.holds(KEPT0, NOT_EQUAL, -21);
        a.constant(KEPT0, 0x7FFF_0000_0000L);
        checks.holds(KEPT0, BELOW, -4095);
        checks.holds(KEPT0, AT_LEAST, 4095);
    }

    private static void routines(Assembler a, Checks checks) {
        Label routine = a.label();
        Label over = a.label();
        a.jump(over);
        a.bind(routine);
        a.add(KEPT2, 1);
        a.ret();
        a.bind(over);
        a.constant(KEPT2, 7);
        a.enter();
        a.call(routine);
        a.call(routine);
        checks.equal(KEPT2, 9);
        a.leave();
        checks.equal(KEPT2, 7);
        Label target = a.label();
        a.address(KEPT1, target);
        a.jumpTo(KEPT1);
        exit(a, 99);
        a.bind(target);
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void dataCanBeWrittenAndLiesWhereItIsSaidTo(Machine machine) throws Exception {
        byte[] text = incrementAndExit(machine, 0);
        byte[] data = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(16)
                .array();
        byte[] file = StaticExecutable.of(
                machine, incrementAndExit(machine, StaticExecutable.dataAddress(text.length + 8)), data);
        assertThat(Programs.run(machine, file, dir).code()).isEqualTo(17);
    }

    private static byte[] incrementAndExit(Machine machine, long dataAddress) {
        Assembler a = machine.assembler();
        Label table = a.label();
        a.address(KEPT0, table);
        a.load64(KEPT0, KEPT0, 0);
        a.load64(KEPT1, KEPT0, 0);
        a.add(KEPT1, 1);
        a.store64(KEPT1, KEPT0, 0);
        a.load64(ARG0, KEPT0, 0);
        a.syscall(SystemCall.EXIT_GROUP);
        a.align(8);
        a.bind(table);
        if (dataAddress != 0) {
            a.data(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(dataAddress)
                    .array());
        }
        return a.bytes();
    }

    @Test
    void theStackIsNotExecutableAndTheFileIsNoLargerThanItsHeadersAndText() {
        ByteBuffer file = ByteBuffer.wrap(StaticExecutable.of(Machine.X86_64, new byte[] {1, 2, 3}))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(file.capacity()).isEqualTo(64 + 2 * 56 + 3);
        assertThat(file.getInt(64 + 56)).as("p_type").isEqualTo(0x6474E551);
        assertThat(file.getInt(64 + 56 + 4)).as("p_flags").isEqualTo(6);
    }

    @Test
    void moreThanTheLargestPageIsRefused() {
        assertThatThrownBy(() -> StaticExecutable.of(Machine.AARCH64, new byte[1 << 16]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void exit(Assembler a, int code) {
        a.constant(ARG0, code);
        a.syscall(SystemCall.EXIT_GROUP);
    }

    /** Ends the program with the check's own number when it does not hold. */
    private static final class Checks {
        private final Assembler a;
        private int number = 100;

        Checks(Assembler a) {
            this.a = a;
        }

        void equal(dev.berth.linux.asm.Register register, long value) {
            a.constant(RESULT, value);
            Label good = a.label();
            a.branchIf(register, EQUAL, RESULT, good);
            exit(a, number++);
            a.bind(good);
        }

        void holds(dev.berth.linux.asm.Register register, Condition condition, int right) {
            Label good = a.label();
            a.branchIf(register, condition, right, good);
            exit(a, number++);
            a.bind(good);
        }
    }
}
