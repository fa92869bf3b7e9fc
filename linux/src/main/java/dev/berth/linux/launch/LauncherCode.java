package dev.berth.linux.launch;

import dev.berth.linux.asm.Assembler;
import dev.berth.linux.asm.Condition;
import dev.berth.linux.asm.Label;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.Register;
import dev.berth.linux.asm.SystemCall;

/**
 * The launcher's machine code: a C function {@code long launch(block)} that returns the child's process id or a
 * negated error number. With all signals blocked it enters the PID namespace asked for, clones, and returns to its
 * own namespace; the child walks the records from {@link Layout#BLOCK_FIRST_RECORD} until a call does not return
 * (execve) or fails. The child touches no memory but the block, its records, and what those point at, and it uses no
 * stack: so it can run on the JVM's memory while the JVM's other threads go on. For the same reason a record can clone
 * once more: maker and child walk on at records of their own.
 */
public final class LauncherCode {
    private static final int SIG_BLOCK = 0;
    private static final int SIG_SETMASK = 2;
    private static final int SIGNAL_SET_SIZE = 8;
    /** {@code CLONE_NEWPID}, which is also how setns(2) is told what the descriptor must be. */
    private static final long NEW_PID = 0x20000000;
    /** The largest error number; results from its negation up to -1 are errors (syscall(2)). */
    private static final int LAST_ERRNO = 4095;
    /** What the child exits with when a record failed; nobody looks, for the block tells more. */
    private static final int FAILED = 127;

    private static final Register BLOCK = Register.KEPT5;
    private static final Register RECORD = Register.KEPT0;
    private static final Register SCRATCH = Register.KEPT1;
    private static final Register PID = Register.KEPT2;
    private static final Register[] ARGUMENTS = {
        Register.ARG0, Register.ARG1, Register.ARG2, Register.ARG3, Register.ARG4, Register.ARG5
    };

    private final Assembler a;

    private LauncherCode(Machine machine) {
        a = machine.assembler();
    }

    /** The code for a machine; it runs at any address. */
    public static byte[] of(Machine machine) {
        LauncherCode code = new LauncherCode(machine);
        Label child = code.a.label();
        code.parent(child);
        code.child(child);
        return code.a.bytes();
    }

    private void parent(Label child) {
        Label restore = a.label();
        Label clone = a.label();
        a.enter();
        a.move(BLOCK, Register.ARG0);
        signalMask(SIG_BLOCK, Layout.BLOCK_ALL_SIGNALS, Layout.BLOCK_OLD_SIGNALS);
        a.load64(Register.ARG0, BLOCK, Layout.BLOCK_PID_NAMESPACE);
        a.branchIf(Register.ARG0, Condition.LESS, 0, clone);
        enterPidNamespace();
        a.move(PID, Register.RESULT);
        a.branchIf(Register.RESULT, Condition.NOT_EQUAL, 0, restore);
        a.bind(clone);
        a.load64(Register.ARG0, BLOCK, Layout.BLOCK_CLONE_ARG0);
        a.load64(Register.ARG1, BLOCK, Layout.BLOCK_CLONE_ARG1);
        a.constant(Register.ARG2, 0);
        a.constant(Register.ARG3, 0);
        a.constant(Register.ARG4, 0);
        a.load64(Register.NUMBER, BLOCK, Layout.BLOCK_CLONE_NUMBER);
        a.syscall();
        a.branchIf(Register.RESULT, Condition.EQUAL, 0, child);
        a.move(PID, Register.RESULT);
        a.load64(Register.ARG0, BLOCK, Layout.BLOCK_PID_NAMESPACE);
        a.branchIf(Register.ARG0, Condition.LESS, 0, restore);
        a.load64(Register.ARG0, BLOCK, Layout.BLOCK_OWN_PID_NAMESPACE);
        enterPidNamespace();
        a.bind(restore);
        signalMask(SIG_SETMASK, Layout.BLOCK_OLD_SIGNALS, -1);
        a.move(Register.RESULT, PID);
        a.leave();
        a.ret();
    }

    private void enterPidNamespace() {
        a.constant(Register.ARG1, NEW_PID);
        a.syscall(SystemCall.SETNS);
    }

    /** rt_sigprocmask(2) with sets at these places of the block; no old set where its place is negative. */
    private void signalMask(int how, int set, int oldSet) {
        a.constant(Register.ARG0, how);
        a.move(Register.ARG1, BLOCK);
        a.add(Register.ARG1, set);
        if (oldSet < 0) {
            a.constant(Register.ARG2, 0);
        } else {
            a.move(Register.ARG2, BLOCK);
            a.add(Register.ARG2, oldSet);
        }
        a.constant(Register.ARG3, SIGNAL_SET_SIZE);
        a.syscall(SystemCall.RT_SIGPROCMASK);
    }

    private void child(Label entry) {
        Label next = a.label();
        Label following = a.label();
        Label error = a.label();
        Label report = a.label();
        Label exit = a.label();
        a.bind(entry);
        a.load64(RECORD, BLOCK, Layout.BLOCK_FIRST_RECORD);
        Label loop = a.here();
        loadArguments();
        a.load64(SCRATCH, RECORD, Layout.RECORD_NUMBER);
        a.branchIf(SCRATCH, Condition.LESS, 0, report);
        a.move(Register.NUMBER, SCRATCH);
        a.syscall();
        a.store64(Register.RESULT, RECORD, Layout.RECORD_RESULT);
        a.branchIf(Register.RESULT, Condition.ABOVE_OR_EQUAL, -LAST_ERRNO, error);
        a.bind(next);
        a.load64(SCRATCH, RECORD, Layout.RECORD_MAKER);
        a.branchIf(SCRATCH, Condition.EQUAL, 0, following);
        a.branchIf(Register.RESULT, Condition.EQUAL, 0, following);
        a.move(RECORD, SCRATCH);
        // The child of the child has executed or is gone by now: where it failed, its failure is the launch's.
        a.load64(SCRATCH, BLOCK, Layout.BLOCK_FAILED_RECORD);
        a.branchIf(SCRATCH, Condition.EQUAL, 0, loop);
        a.jump(exit);
        a.bind(following);
        a.add(RECORD, Layout.RECORD_SIZE);
        a.jump(loop);
        a.bind(error);
        onError(loop, next, report);
        a.bind(report);
        a.store64(RECORD, BLOCK, Layout.BLOCK_FAILED_RECORD);
        a.load64(SCRATCH, RECORD, Layout.RECORD_RESULT);
        a.store64(SCRATCH, BLOCK, Layout.BLOCK_FAILURE);
        a.bind(exit);
        a.constant(Register.ARG0, FAILED);
        a.syscall(SystemCall.EXIT_GROUP);
    }

    private void loadArguments() {
        Label direct = a.label();
        for (int i = 0; i < ARGUMENTS.length; i++) {
            a.load64(ARGUMENTS[i], RECORD, Layout.RECORD_ARGUMENTS + 8 * i);
        }
        a.load64(SCRATCH, RECORD, Layout.RECORD_INDIRECT);
        a.branchIf(SCRATCH, Condition.EQUAL, 0, direct);
        for (int i = 0; i < ARGUMENTS.length; i++) {
            Label value = a.label();
            a.load64(SCRATCH, RECORD, Layout.RECORD_INDIRECT);
            a.and(SCRATCH, 1 << i);
            a.branchIf(SCRATCH, Condition.EQUAL, 0, value);
            a.load64(ARGUMENTS[i], ARGUMENTS[i], 0);
            a.bind(value);
        }
        a.bind(direct);
    }

    private void onError(Label loop, Label next, Label report) {
        for (int i = 0; i < Layout.TOLERATED; i++) {
            a.load64(SCRATCH, RECORD, Layout.RECORD_TOLERATED + 8 * i);
            a.branchIf(Register.RESULT, Condition.EQUAL, SCRATCH, next);
        }
        a.load64(SCRATCH, RECORD, Layout.RECORD_ON_ERROR);
        a.branchIf(SCRATCH, Condition.EQUAL, (int) Layout.FAIL, report);
        a.branchIf(SCRATCH, Condition.EQUAL, (int) Layout.CONTINUE, next);
        a.move(RECORD, SCRATCH);
        a.jump(loop);
    }
}
