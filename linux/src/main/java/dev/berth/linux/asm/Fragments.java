package dev.berth.linux.asm;

import static dev.berth.linux.asm.Condition.EQUAL;
import static dev.berth.linux.asm.Condition.LESS;
import static dev.berth.linux.asm.Condition.NOT_EQUAL;
import static dev.berth.linux.asm.Register.ARG0;
import static dev.berth.linux.asm.Register.ARG1;
import static dev.berth.linux.asm.Register.ARG2;
import static dev.berth.linux.asm.Register.ARG3;
import static dev.berth.linux.asm.Register.ARG4;
import static dev.berth.linux.asm.Register.RESULT;
import static dev.berth.linux.asm.Register.STACK;

import java.nio.charset.StandardCharsets;

/** What programs that run another one as their child have in common; each piece says which registers it destroys. */
public record Fragments(Assembler a) {
    private static final int STANDARD_ERROR = 2;
    private static final int SIGCHLD = 17;
    private static final int SIGNAL_SET_SIZE = 8;

    /**
     * Where {@code argv[1]} and the environment are, of a process that has just begun: on the stack are the number of
     * arguments, above it their addresses, a zero, the environment.
     *
     * @param count has the number of arguments, and is destroyed
     */
    public void findArguments(Register count, Register arguments, Register environment) {
        a.move(arguments, STACK);
        a.add(arguments, 8 + 8);
        a.shiftLeft(count, 3);
        a.move(environment, STACK);
        a.add(environment, count);
        a.add(environment, 8 + 8);
    }

    /**
     * clone(2) as fork(2) does it; the machines order its arguments differently, but all but the flags are zero.
     *
     * @param id is given the child's, in the parent, which goes on here
     */
    public void fork(Label child, Label failed, Register id) {
        a.constant(ARG0, SIGCHLD);
        a.constant(ARG1, 0);
        a.constant(ARG2, 0);
        a.constant(ARG3, 0);
        a.constant(ARG4, 0);
        a.syscall(SystemCall.CLONE);
        a.branchIf(RESULT, EQUAL, 0, child);
        a.branchIf(RESULT, LESS, 0, failed);
        a.move(id, RESULT);
    }

    /** Takes one signal after the other and passes them on to the child, until one says that a child has changed: goes on then. */
    public void passSignals(Label next, int allSignalsAt, Register child, Label changed) {
        inFrame(ARG0, allSignalsAt);
        a.constant(ARG1, 0);
        a.constant(ARG2, 0);
        a.constant(ARG3, SIGNAL_SET_SIZE);
        a.syscall(SystemCall.RT_SIGTIMEDWAIT);
        a.branchIf(RESULT, LESS, 0, next);
        a.branchIf(RESULT, EQUAL, SIGCHLD, changed);
        a.move(ARG1, RESULT);
        a.move(ARG0, child);
        a.syscall(SystemCall.KILL);
        a.jump(next);
    }

    /** Ends as a child has ended: with its code, or 128 plus the signal that ended it. The status is as wait(2) has it. */
    public void exitAs(Register status) {
        Label bySignal = a.label();
        a.move(ARG0, status);
        a.and(ARG0, 0x7F);
        a.branchIf(ARG0, NOT_EQUAL, 0, bySignal);
        a.move(ARG0, status);
        a.shiftRight(ARG0, 8);
        a.and(ARG0, 0xFF);
        a.syscall(SystemCall.EXIT_GROUP);
        a.bind(bySignal);
        a.add(ARG0, 128);
        a.syscall(SystemCall.EXIT_GROUP);
    }

    /** A routine that writes the zero-terminated string at ARG1 to standard error; destroys {@code letter}. */
    public void printRoutine(Label print, Register letter) {
        a.bind(print);
        length(letter);
        a.constant(ARG0, STANDARD_ERROR);
        a.syscall(SystemCall.WRITE);
        a.ret();
    }

    /** ARG2 = the length of the string at ARG1; destroys {@code letter}. */
    public void length(Register letter) {
        Label end = a.label();
        a.move(ARG2, ARG1);
        Label next = a.here();
        a.load8(letter, ARG2, 0);
        a.branchIf(letter, EQUAL, 0, end);
        a.add(ARG2, 1);
        a.jump(next);
        a.bind(end);
        a.subtract(ARG2, ARG1);
    }

    /** The address of what is at this place of the stack's frame. */
    public void inFrame(Register to, int offset) {
        a.move(to, STACK);
        a.add(to, offset);
    }

    /** A zero-terminated string. */
    public void text(Label label, String text) {
        a.bind(label);
        a.data((text + "\0").getBytes(StandardCharsets.UTF_8));
    }
}
