package dev.berth.linux.init;

import static dev.berth.linux.asm.Condition.EQUAL;
import static dev.berth.linux.asm.Condition.LESS;
import static dev.berth.linux.asm.Condition.NOT_EQUAL;
import static dev.berth.linux.asm.Register.ARG0;
import static dev.berth.linux.asm.Register.ARG1;
import static dev.berth.linux.asm.Register.ARG2;
import static dev.berth.linux.asm.Register.ARG3;
import static dev.berth.linux.asm.Register.ARG4;
import static dev.berth.linux.asm.Register.KEPT0;
import static dev.berth.linux.asm.Register.KEPT1;
import static dev.berth.linux.asm.Register.KEPT2;
import static dev.berth.linux.asm.Register.KEPT3;
import static dev.berth.linux.asm.Register.KEPT4;
import static dev.berth.linux.asm.Register.KEPT5;
import static dev.berth.linux.asm.Register.RESULT;
import static dev.berth.linux.asm.Register.STACK;

import dev.berth.linux.asm.Assembler;
import dev.berth.linux.asm.Fragments;
import dev.berth.linux.asm.Label;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.Register;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.elf.StaticExecutable;

/**
 * A static executable that runs {@code argv[1]}, an absolute path, with the arguments from {@code argv[1]} on and its
 * own environment, as a child in a process group of its own and in the foreground of the terminal on standard input,
 * where there is one. Until the child ends it passes every signal on to it, and waits for every orphan that becomes
 * its own.
 *
 * <p>It ends with the child's exit code, or 128 plus the number of the signal that ended it; with 127 when there is no
 * such program, 126 when it cannot be executed, and 125 when no child can be made; in each case it says so. It must be
 * started with the default disposition of {@code SIGCHLD}.
 */
public final class InitProgram {
    private static final int STANDARD_INPUT = 0;
    private static final int ENOENT = 2;
    private static final int ENOTDIR = 20;
    private static final int SIG_BLOCK = 0;
    private static final int SIG_SETMASK = 2;
    private static final int SIGNAL_SET_SIZE = 8;
    private static final int PR_SET_NAME = 15;
    private static final int PR_SET_CHILD_SUBREAPER = 36;
    private static final int TIOCSPGRP = 0x5410;
    private static final int WNOHANG = 1;

    /** The stack's frame: the signals blocked at the start, all signals, and an int for what calls give back. */
    private static final int OLD_SIGNALS = 0;

    private static final int ALL_SIGNALS = 8;
    private static final int INT = 16;
    private static final int FRAME_SIZE = 32;

    private static final Register ARGUMENTS = KEPT1;
    private static final Register ENVIRONMENT = KEPT2;
    private static final Register CHILD = KEPT3;
    /** How the child ended, as wait(2) has it, or {@link #RUNS}. */
    private static final Register STATUS = KEPT4;

    private static final int RUNS = -1;

    private final Assembler a;
    private final Fragments fragments;
    private final Label print;

    private InitProgram(Machine machine) {
        a = machine.assembler();
        fragments = new Fragments(a);
        print = a.label();
    }

    /** The ELF executable for the machine. */
    public static byte[] executable(Machine machine) {
        InitProgram program = new InitProgram(machine);
        program.assemble();
        return StaticExecutable.of(machine, program.a.bytes());
    }

    private void assemble() {
        Label name = a.label();
        Label child = a.label();
        Label noProgram = a.label();
        Label noChild = a.label();
        findArguments(noProgram);
        a.add(STACK, -FRAME_SIZE);
        blockAllSignals();
        prepareProcess(name);
        fragments.fork(child, noChild, CHILD);
        a.constant(STATUS, RUNS);
        serve();
        a.bind(child);
        beTheChild();
        failures(noProgram, noChild);
        fragments.printRoutine(print, KEPT0);
        fragments.text(name, "berth-init");
    }

    private void findArguments(Label noProgram) {
        a.load64(KEPT0, STACK, 0);
        a.branchIf(KEPT0, LESS, 2, noProgram);
        fragments.findArguments(KEPT0, ARGUMENTS, ENVIRONMENT);
    }

    private void blockAllSignals() {
        a.constant(KEPT0, -1);
        a.store64(KEPT0, STACK, ALL_SIGNALS);
        a.constant(ARG0, SIG_BLOCK);
        fragments.inFrame(ARG1, ALL_SIGNALS);
        fragments.inFrame(ARG2, OLD_SIGNALS);
        a.constant(ARG3, SIGNAL_SET_SIZE);
        a.syscall(SystemCall.RT_SIGPROCMASK);
    }

    /** Where it is not process 1 (in the host's PID namespace, say), orphans come to it only when it asks for them. */
    private void prepareProcess(Label name) {
        a.constant(ARG0, PR_SET_NAME);
        a.address(ARG1, name);
        a.syscall(SystemCall.PRCTL);
        a.constant(ARG0, PR_SET_CHILD_SUBREAPER);
        a.constant(ARG1, 1);
        a.constant(ARG2, 0);
        a.constant(ARG3, 0);
        a.constant(ARG4, 0);
        a.syscall(SystemCall.PRCTL);
    }

    /** Takes one signal after the other; those for children are answered by waiting, all others passed on. */
    private void serve() {
        Label reap = a.label();
        Label reaped = a.label();
        Label next = a.here();
        fragments.passSignals(next, ALL_SIGNALS, CHILD, reap);
        a.bind(reap);
        a.constant(ARG0, -1);
        fragments.inFrame(ARG1, INT);
        a.constant(ARG2, WNOHANG);
        a.constant(ARG3, 0);
        a.syscall(SystemCall.WAIT4);
        a.branchIf(RESULT, LESS, 1, reaped);
        a.branchIf(RESULT, NOT_EQUAL, CHILD, reap);
        a.load32(STATUS, STACK, INT);
        a.jump(reap);
        a.bind(reaped);
        a.branchIf(STATUS, EQUAL, RUNS, next);
        fragments.exitAs(STATUS);
    }

    /**
     * Takes the terminal while signals are still blocked, or the one that a background process gets for that would stop
     * it. Without a terminal that fails, and nothing is lost.
     */
    private void beTheChild() {
        Label missing = a.label();
        Label cannotExecute = a.label();
        a.constant(ARG0, 0);
        a.constant(ARG1, 0);
        a.syscall(SystemCall.SETPGID);
        a.syscall(SystemCall.GETPID);
        a.store32(RESULT, STACK, INT);
        a.constant(ARG0, STANDARD_INPUT);
        a.constant(ARG1, TIOCSPGRP);
        fragments.inFrame(ARG2, INT);
        a.syscall(SystemCall.IOCTL);
        a.constant(ARG0, SIG_SETMASK);
        fragments.inFrame(ARG1, OLD_SIGNALS);
        a.constant(ARG2, 0);
        a.constant(ARG3, SIGNAL_SET_SIZE);
        a.syscall(SystemCall.RT_SIGPROCMASK);
        a.load64(ARG0, ARGUMENTS, 0);
        a.move(ARG1, ARGUMENTS);
        a.move(ARG2, ENVIRONMENT);
        a.syscall(SystemCall.EXECVE);
        a.move(KEPT5, RESULT);
        Label cannotRun = a.label();
        print(cannotRun);
        a.load64(ARG1, ARGUMENTS, 0);
        a.call(print);
        a.branchIf(KEPT5, EQUAL, -ENOENT, missing);
        a.branchIf(KEPT5, EQUAL, -ENOTDIR, missing);
        exit(cannotExecute, ": it cannot be executed\n", 126);
        a.bind(missing);
        exit(a.label(), ": there is no such program\n", 127);
        fragments.text(cannotRun, "berth-init: cannot run ");
        a.align(4);
    }

    private void failures(Label noProgram, Label noChild) {
        a.bind(noProgram);
        exit(a.label(), "berth-init: cannot run anything: no program is named\n", 127);
        a.bind(noChild);
        exit(a.label(), "berth-init: cannot make a process: the limit of processes or memory is reached\n", 125);
    }

    private void exit(Label message, String text, int code) {
        print(message);
        a.constant(ARG0, code);
        a.syscall(SystemCall.EXIT_GROUP);
        fragments.text(message, text);
        a.align(4);
    }

    private void print(Label message) {
        a.address(ARG1, message);
        a.call(print);
    }
}
