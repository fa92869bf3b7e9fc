package dev.berth.linux.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.Errno;
import dev.berth.linux.asm.Assembler;
import dev.berth.linux.asm.Condition;
import dev.berth.linux.asm.Label;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.Register;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.elf.Programs;
import dev.berth.linux.elf.StaticExecutable;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The launcher's machine code for either machine, in an executable of its own: this host's run directly, the other's
 * under emulation. The executable puts a table that was laid out here into memory shared with its child, calls the
 * launcher, waits for the child, and writes that memory to its standard output for the test to read.
 *
 * <p>Emulation has neither clone3 nor a child on its parent's memory; so these clone as fork(2) does.
 */
@Needs(Need.QEMU_AARCH64)
@LeavesNothingBehind
class LauncherCodeTest {
    private static final int RECORDS = Layout.BLOCK_SIZE;
    private static final int STRINGS = 2048;
    private static final int SIZE = 4096;
    /** Far from where any program is put. */
    private static final long SHARED = 0x1000_0000;

    private static final int AT_FDCWD = -100;
    private static final int SIGCHLD = 17;

    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(Machine.class)
    void theChildWalksTheTableAndTheFailedRecordIsReported(Machine machine) throws Exception {
        Table table = new Table(machine);
        long greeting = table.string("from the child\n");
        int write = table.call(SystemCall.WRITE, 1, greeting, 15);
        int getpid = table.call(SystemCall.GETPID);
        int execve = table.call(SystemCall.EXECVE, table.string("/no/such/program"), 0, 0);
        int never = table.call(SystemCall.WRITE, 1, greeting, 15);

        Memory after = run(machine, table);

        assertThat(after.output).isEqualTo("from the child\n");
        assertThat(after.pid).isPositive();
        assertThat(after.result(write)).isEqualTo(15);
        assertThat(after.result(getpid)).isEqualTo(after.pid);
        assertThat(after.result(execve)).isEqualTo(-Errno.ENOENT.number());
        assertThat(after.failedRecord()).isEqualTo(execve);
        assertThat(after.failure()).isEqualTo(-Errno.ENOENT.number());
        assertThat(after.result(never)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void aResultIsTheArgumentOfALaterCall(Machine machine) throws Exception {
        Table table = new Table(machine);
        int open = table.call(SystemCall.OPENAT, AT_FDCWD, table.string("/dev/null"), 1, 0);
        int write = table.call(SystemCall.WRITE, table.resultOf(open), table.string("lost"), 4);
        table.indirect(write, 0);
        int closed = table.call(SystemCall.CLOSE, table.resultOf(open));
        table.indirect(closed, 0);
        int closedTwice = table.call(SystemCall.CLOSE, table.resultOf(open));
        table.indirect(closedTwice, 0);

        Memory after = run(machine, table);

        assertThat(after.result(open)).isGreaterThan(2);
        assertThat(after.result(write)).isEqualTo(4);
        assertThat(after.result(closed)).isZero();
        assertThat(after.failedRecord()).isEqualTo(closedTwice);
        assertThat(after.failure()).isEqualTo(-Errno.EBADF.number());
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void errorsAreToleratedPassedOverOrJumpedFrom(Machine machine) throws Exception {
        Table table = new Table(machine);
        int tolerated = table.call(SystemCall.CLOSE, 9999);
        table.set(tolerated + Layout.RECORD_TOLERATED + 8, -Errno.EBADF.number());
        int passedOver = table.call(SystemCall.CLOSE, 9999);
        table.set(passedOver + Layout.RECORD_ON_ERROR, Layout.CONTINUE);
        int jumpedFrom = table.call(SystemCall.CLOSE, 9999);
        int skipped = table.call(SystemCall.WRITE, 1, table.string("never"), 5);
        int target = table.call(SystemCall.WRITE, 1, table.string("after"), 5);
        table.set(jumpedFrom + Layout.RECORD_ON_ERROR, SHARED + target);
        int stop = table.record(Layout.STOP);

        Memory after = run(machine, table);

        assertThat(after.output).isEqualTo("after");
        assertThat(after.result(tolerated)).isEqualTo(-Errno.EBADF.number());
        assertThat(after.result(passedOver)).isEqualTo(-Errno.EBADF.number());
        assertThat(after.result(skipped)).isZero();
        assertThat(after.result(target)).isEqualTo(5);
        assertThat(after.failedRecord()).isEqualTo(stop);
        assertThat(after.failure()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void signalsAreBlockedInTheChildAndAsTheyWereInTheParent(Machine machine) throws Exception {
        Table table = new Table(machine);
        long set = table.space(8);
        int sigprocmask = table.call(SystemCall.RT_SIGPROCMASK, 0, 0, set, 8);
        table.record(Layout.STOP);

        Memory after = run(machine, table);

        assertThat(after.result(sigprocmask)).isZero();
        long standardSignals = 0x7FFF_FFFF; // an emulator keeps some of the real-time ones to itself
        long allButKillAndStop = standardSignals & ~(1L << 8 | 1L << 18);
        assertThat(after.bytes.getLong((int) (set - SHARED)) & standardSignals).isEqualTo(allButKillAndStop);
        assertThat(after.bytes.getLong(Layout.BLOCK_OLD_SIGNALS)).isEqualTo(after.maskOfTheParent());
    }

    private Memory run(Machine machine, Table table) throws IOException, InterruptedException {
        byte[] data = table.bytes.array();
        int textLength = text(machine, 0).length;
        byte[] text = text(machine, StaticExecutable.dataAddress(textLength));
        Process process =
                new ProcessBuilder(Programs.command(machine, StaticExecutable.of(machine, text, data), dir)).start();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as("exit code of the executable").isZero();
        int split = output.length - SIZE;
        return new Memory(
                new String(output, 0, split, StandardCharsets.UTF_8),
                ByteBuffer.wrap(Arrays.copyOfRange(output, split, output.length))
                        .order(ByteOrder.LITTLE_ENDIAN));
    }

    /** The executable's code. Its length does not depend on the address, which is loaded from behind it. */
    private static byte[] text(Machine machine, long dataAddress) {
        Assembler a = machine.assembler();
        Label launcher = a.label();
        Label address = a.label();
        Label failed = a.label();
        copyToSharedMemory(a, address);
        a.constant(Register.ARG0, SHARED);
        a.call(launcher);
        a.branchIf(Register.RESULT, Condition.LESS, 1, failed);
        a.constant(Register.KEPT0, SHARED);
        a.store64(Register.RESULT, Register.KEPT0, SIZE - 8);
        a.move(Register.ARG0, Register.RESULT);
        a.constant(Register.ARG1, 0);
        a.constant(Register.ARG2, 0);
        a.constant(Register.ARG3, 0);
        a.syscall(SystemCall.WAIT4);
        signalMaskOfTheParent(a);
        a.constant(Register.ARG0, 1);
        a.constant(Register.ARG1, SHARED);
        a.constant(Register.ARG2, SIZE);
        a.syscall(SystemCall.WRITE);
        a.constant(Register.ARG0, 0);
        a.syscall(SystemCall.EXIT_GROUP);
        a.bind(failed);
        a.constant(Register.ARG0, 99);
        a.syscall(SystemCall.EXIT_GROUP);
        a.align(16);
        a.bind(launcher);
        a.data(LauncherCode.of(machine));
        a.align(8);
        a.bind(address);
        a.data(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(dataAddress)
                .array());
        return a.bytes();
    }

    private static void copyToSharedMemory(Assembler a, Label address) {
        int readWrite = 3;
        int sharedFixedAnonymous = 0x01 | 0x10 | 0x20;
        a.constant(Register.ARG0, SHARED);
        a.constant(Register.ARG1, SIZE);
        a.constant(Register.ARG2, readWrite);
        a.constant(Register.ARG3, sharedFixedAnonymous);
        a.constant(Register.ARG4, -1);
        a.constant(Register.ARG5, 0);
        a.syscall(SystemCall.MMAP);
        a.address(Register.KEPT0, address);
        a.load64(Register.KEPT0, Register.KEPT0, 0);
        a.constant(Register.KEPT1, SHARED);
        a.constant(Register.KEPT2, SHARED + SIZE);
        Label next = a.here();
        a.load64(Register.KEPT3, Register.KEPT0, 0);
        a.store64(Register.KEPT3, Register.KEPT1, 0);
        a.add(Register.KEPT0, 8);
        a.add(Register.KEPT1, 8);
        a.branchIf(Register.KEPT1, Condition.BELOW, Register.KEPT2, next);
    }

    private static void signalMaskOfTheParent(Assembler a) {
        a.constant(Register.ARG0, 0);
        a.constant(Register.ARG1, 0);
        a.constant(Register.ARG2, SHARED + SIZE - 16);
        a.constant(Register.ARG3, 8);
        a.syscall(SystemCall.RT_SIGPROCMASK);
    }

    /** The shared memory as it is laid out beforehand. Records and fields are named by their offsets. */
    private static final class Table {
        private final ByteBuffer bytes = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        private final Machine machine;
        private int nextRecord = RECORDS;
        private int nextString = STRINGS;

        Table(Machine machine) {
            this.machine = machine;
            set(Layout.BLOCK_ALL_SIGNALS, -1);
            set(Layout.BLOCK_PID_NAMESPACE, -1);
            set(Layout.BLOCK_FIRST_RECORD, SHARED + RECORDS);
            set(Layout.BLOCK_CLONE_NUMBER, SystemCall.CLONE.number(machine));
            set(Layout.BLOCK_CLONE_ARG0, SIGCHLD);
            set(Layout.BLOCK_CLONE_ARG1, 0);
        }

        int call(SystemCall call, long... arguments) {
            return record(call.number(machine), arguments);
        }

        int record(long number, long... arguments) {
            int record = nextRecord;
            nextRecord += Layout.RECORD_SIZE;
            set(record + Layout.RECORD_NUMBER, number);
            for (int i = 0; i < arguments.length; i++) {
                set(record + Layout.RECORD_ARGUMENTS + 8 * i, arguments[i]);
            }
            return record;
        }

        void indirect(int record, int argument) {
            set(record + Layout.RECORD_INDIRECT, 1L << argument);
        }

        long resultOf(int record) {
            return SHARED + record + Layout.RECORD_RESULT;
        }

        long string(String text) {
            long address = space(text.length() + 1);
            bytes.put((int) (address - SHARED), text.getBytes(StandardCharsets.UTF_8));
            return address;
        }

        long space(int size) {
            int at = nextString;
            nextString += (size + 7) / 8 * 8;
            return SHARED + at;
        }

        void set(int offset, long value) {
            bytes.putLong(offset, value);
        }
    }

    /** The shared memory after the child's end, and what was written before it. */
    private record Memory(String output, ByteBuffer bytes, long pid) {
        Memory(String output, ByteBuffer bytes) {
            this(output, bytes, bytes.getLong(SIZE - 8));
        }

        long result(int record) {
            return bytes.getLong(record + Layout.RECORD_RESULT);
        }

        long failedRecord() {
            return bytes.getLong(Layout.BLOCK_FAILED_RECORD) - SHARED;
        }

        long failure() {
            return bytes.getLong(Layout.BLOCK_FAILURE);
        }

        long maskOfTheParent() {
            return bytes.getLong(SIZE - 16);
        }
    }
}
