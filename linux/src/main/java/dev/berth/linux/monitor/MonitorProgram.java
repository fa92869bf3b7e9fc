package dev.berth.linux.monitor;

import static dev.berth.linux.asm.Condition.EQUAL;
import static dev.berth.linux.asm.Condition.LESS;
import static dev.berth.linux.asm.Condition.NOT_EQUAL;
import static dev.berth.linux.asm.Register.ARG0;
import static dev.berth.linux.asm.Register.ARG1;
import static dev.berth.linux.asm.Register.ARG2;
import static dev.berth.linux.asm.Register.ARG3;
import static dev.berth.linux.asm.Register.KEPT0;
import static dev.berth.linux.asm.Register.RESULT;
import static dev.berth.linux.asm.Register.STACK;

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
 * #INPUT}. It uses no memory but a page of code and one of stack.
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

    /** The stack's frame: the report, and all signals. */
    private static final int STATUS = 0;

    private static final int TIME = 8;
    private static final int ALL_SIGNALS = 24;
    private static final int FRAME_SIZE = 32;

    private final Assembler a;

    private MonitorProgram(Machine machine) {
        a = machine.assembler();
    }

    /** The ELF executable for the machine. */
    public static byte[] executable(Machine machine) {
        MonitorProgram program = new MonitorProgram(machine);
        program.assemble();
        return StaticExecutable.of(machine, program.a.bytes());
    }

    private void assemble() {
        Label name = a.label();
        Label reap = a.label();
        Label wait = a.label();
        a.add(STACK, -FRAME_SIZE);
        a.constant(KEPT0, -1);
        a.store64(KEPT0, STACK, ALL_SIGNALS);
        a.constant(ARG0, PR_SET_NAME);
        a.address(ARG1, name);
        a.syscall(SystemCall.PRCTL);
        a.bind(reap);
        reap(wait);
        a.bind(wait);
        inFrame(ARG0, ALL_SIGNALS);
        a.constant(ARG1, 0);
        a.constant(ARG2, 0);
        a.constant(ARG3, SIGNAL_SET_SIZE);
        a.syscall(SystemCall.RT_SIGTIMEDWAIT);
        a.branchIf(RESULT, EQUAL, SIGCHLD, reap);
        a.branchIf(RESULT, NOT_EQUAL, CLOSE_INPUT, wait);
        a.constant(ARG0, INPUT);
        a.syscall(SystemCall.CLOSE);
        a.jump(wait);
        a.bind(name);
        a.data("berth-monitor\0".getBytes(StandardCharsets.UTF_8));
    }

    /** The signal may have come before this program had its eyes open: the child is looked for first. */
    private void reap(Label wait) {
        a.constant(KEPT0, 0);
        a.store64(KEPT0, STACK, STATUS);
        a.constant(ARG0, -1);
        inFrame(ARG1, STATUS);
        a.constant(ARG2, WNOHANG);
        a.constant(ARG3, 0);
        a.syscall(SystemCall.WAIT4);
        a.branchIf(RESULT, LESS, 1, wait);
        a.constant(ARG0, CLOCK_REALTIME);
        inFrame(ARG1, TIME);
        a.syscall(SystemCall.CLOCK_GETTIME);
        tell(RECORD);
        tell(REPORT);
    }

    private void tell(int descriptor) {
        a.constant(ARG0, descriptor);
        inFrame(ARG1, STATUS);
        a.constant(ARG2, REPORT_SIZE);
        a.syscall(SystemCall.WRITE);
    }

    private void inFrame(Register to, int offset) {
        a.move(to, STACK);
        a.add(to, offset);
    }
}
