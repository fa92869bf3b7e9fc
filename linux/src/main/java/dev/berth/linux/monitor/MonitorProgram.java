package dev.berth.linux.monitor;

import static dev.berth.linux.asm.Condition.EQUAL;
import static dev.berth.linux.asm.Condition.LESS;
import static dev.berth.linux.asm.Condition.NOT_EQUAL;
import static dev.berth.linux.asm.Register.ARG0;
import static dev.berth.linux.asm.Register.ARG1;
import static dev.berth.linux.asm.Register.ARG2;
import static dev.berth.linux.asm.Register.ARG3;
import static dev.berth.linux.asm.Register.ARG4;
import static dev.berth.linux.asm.Register.KEPT0;
import static dev.berth.linux.asm.Register.RESULT;

import dev.berth.linux.asm.Assembler;
import dev.berth.linux.asm.Label;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.Register;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.elf.StaticExecutable;
import java.nio.charset.StandardCharsets;

/**
 * A static executable that waits for the one child it has, made before it was executed, and tells how that ended by a
 * {@link #REPORT_SIZE report}: how, as wait(2) has it, and when, the seconds and nanoseconds of the clock, each in 64
 * bits. The report goes to {@link #RECORD}, a file, for whoever comes later, and then to {@link #REPORT}, a pipe, for
 * whoever waits. Then it waits on, holding its descriptors open for whoever fetches them, until it is killed.
 *
 * <p>It must be started with all signals blocked and SIGCHLD at its default. {@link #CLOSE_INPUT} has it close {@link
 * #INPUT}.
 *
 * <p>There is one for each container, so it is small: it uses no memory but a page of code, which all share, and one of
 * data. What the exec has made besides it gives back: the stack, the kernel's page of functions and the tables of pages that
 * led there; and the table of descriptors, which is as large as that of the engine that launched it, with its thousands.
 */
public final class MonitorProgram {
    /** The descriptor it closes when it is told to. */
    public static final int INPUT = 0;

    /** The descriptor of the pipe that the report goes to. */
    public static final int REPORT = 1;

    /** The descriptor of the file that the report goes to before, at its present place. */
    public static final int RECORD = 2;

    /** The signal SIGUSR1. */
    public static final int CLOSE_INPUT = 10;

    /** In bytes. */
    public static final int REPORT_SIZE = 24;

    private static final int SIGCHLD = 17;
    private static final int SIGNAL_SET_SIZE = 8;
    private static final int PR_SET_NAME = 15;
    private static final int WNOHANG = 1;
    private static final int CLOCK_REALTIME = 0;

    private static final int WALL = 0x40000000;
    private static final int SIGKILL = 9;
    private static final int CLOSE_RANGE_UNSHARE = 2;
    /** The same memory and the same descriptors (clone(2)). */
    private static final int CLONE_VM_FILES = 0x100 | 0x400;

    /** The first descriptor that no monitor holds. */
    static final int FIRST_FREE = 16;
    /** The last one there can be (close_range(2)). */
    private static final long LAST_DESCRIPTOR = 0xFFFFFFFFL;

    /** The data: the report, and all signals. */
    private static final int STATUS = 0;

    private static final int TIME = 8;
    private static final int ALL_SIGNALS = 24;
    private static final int DATA_SIZE = 32;
    /** More than the data's page takes, whatever the size of pages. */
    private static final long BEHIND_DATA = 0x2_0000;

    private static final Register DATA = Register.KEPT1;
    private static final Register PARTNER = Register.KEPT2;

    private final Assembler a;

    private MonitorProgram(Machine machine) {
        a = machine.assembler();
    }

    /** The ELF executable for the machine. */
    public static byte[] executable(Machine machine) {
        // Where the data lies depends on the text's length, which does not depend on where that is.
        byte[] measured = text(machine, StaticExecutable.dataAddress(0));
        byte[] text = text(machine, StaticExecutable.dataAddress(measured.length));
        return StaticExecutable.of(machine, text, new byte[DATA_SIZE]);
    }

    private static byte[] text(Machine machine, long dataAddress) {
        MonitorProgram program = new MonitorProgram(machine);
        program.assemble(dataAddress);
        return program.a.bytes();
    }

    private void assemble(long dataAddress) {
        Label name = a.label();
        Label reap = a.label();
        Label wait = a.label();
        a.constant(DATA, dataAddress);
        a.constant(KEPT0, -1);
        a.store64(KEPT0, DATA, ALL_SIGNALS);
        a.constant(ARG0, PR_SET_NAME);
        a.address(ARG1, name);
        a.syscall(SystemCall.PRCTL);
        giveMemoryBack(dataAddress + BEHIND_DATA & -BEHIND_DATA);
        giveDescriptorsBack();
        a.bind(reap);
        reap(wait);
        a.bind(wait);
        awaitSignal();
        a.branchIf(RESULT, EQUAL, SIGCHLD, reap);
        a.branchIf(RESULT, NOT_EQUAL, CLOSE_INPUT, wait);
        a.constant(ARG0, INPUT);
        a.syscall(SystemCall.CLOSE);
        a.jump(wait);
        a.bind(name);
        a.data("berth-monitor\0".getBytes(StandardCharsets.UTF_8));
    }

    /** All behind the data; how far addresses reach depends on the kernel, which refuses what goes too far. */
    private void giveMemoryBack(long from) {
        long[] ends = switch (a.machine()) {
            case X86_64 -> new long[] {(1L << 47) - 4096};
            case AARCH64 -> new long[] {1L << 48, 1L << 39};
        };
        for (long end : ends) {
            a.constant(ARG0, from);
            a.constant(ARG1, end - from);
            a.syscall(SystemCall.MUNMAP);
        }
    }

    /**
     * A table that is shared is not made smaller but parted with for a new one, of the descriptors below a number. So
     * somebody is made to share it with for a moment.
     */
    private void giveDescriptorsBack() {
        Label partner = a.label();
        Label done = a.label();
        a.constant(ARG0, CLONE_VM_FILES | SIGCHLD);
        a.constant(ARG1, 0);
        a.constant(ARG2, 0);
        a.constant(ARG3, 0);
        a.constant(ARG4, 0);
        a.syscall(SystemCall.CLONE);
        a.branchIf(RESULT, EQUAL, 0, partner);
        a.branchIf(RESULT, LESS, 0, done);
        a.move(PARTNER, RESULT);
        a.constant(ARG0, FIRST_FREE);
        a.constant(ARG1, LAST_DESCRIPTOR);
        a.constant(ARG2, CLOSE_RANGE_UNSHARE);
        a.syscall(SystemCall.CLOSE_RANGE);
        a.move(ARG0, PARTNER);
        a.constant(ARG1, SIGKILL);
        a.syscall(SystemCall.KILL);
        a.move(ARG0, PARTNER);
        a.constant(ARG1, 0);
        a.constant(ARG2, WALL);
        a.constant(ARG3, 0);
        a.syscall(SystemCall.WAIT4);
        a.jump(done);
        a.bind(partner);
        awaitSignal();
        a.jump(partner);
        a.bind(done);
    }

    /** Waits for a signal; gives its number. */
    private void awaitSignal() {
        inData(ARG0, ALL_SIGNALS);
        a.constant(ARG1, 0);
        a.constant(ARG2, 0);
        a.constant(ARG3, SIGNAL_SET_SIZE);
        a.syscall(SystemCall.RT_SIGTIMEDWAIT);
    }

    /** The signal may have come before this program had its eyes open: the child is looked for first. */
    private void reap(Label wait) {
        a.constant(KEPT0, 0);
        a.store64(KEPT0, DATA, STATUS);
        a.constant(ARG0, -1);
        inData(ARG1, STATUS);
        a.constant(ARG2, WNOHANG);
        a.constant(ARG3, 0);
        a.syscall(SystemCall.WAIT4);
        a.branchIf(RESULT, LESS, 1, wait);
        a.constant(ARG0, CLOCK_REALTIME);
        inData(ARG1, TIME);
        a.syscall(SystemCall.CLOCK_GETTIME);
        tell(RECORD);
        tell(REPORT);
    }

    private void tell(int descriptor) {
        a.constant(ARG0, descriptor);
        inData(ARG1, STATUS);
        a.constant(ARG2, REPORT_SIZE);
        a.syscall(SystemCall.WRITE);
    }

    private void inData(Register to, int offset) {
        a.move(to, DATA);
        a.add(to, offset);
    }
}
