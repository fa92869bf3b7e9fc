package dev.berth.linux.namespace;

import static dev.berth.linux.asm.Condition.EQUAL;
import static dev.berth.linux.asm.Condition.LESS;
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
 * A static executable that makes user, mount and PID namespaces and runs {@code argv[4]}, an absolute path, with the
 * arguments from there on and its own environment, as the first process in them: what a JVM, with its many threads, cannot
 * do for itself. The child has a {@code /proc} of its own.
 *
 * <p>{@code argv[1]} is the shell's: a command that gives this process's user namespace its users, which a process that has
 * stayed outside runs. Where it is empty, or ends with another code than 0, {@code argv[2]} and {@code argv[3]} are written to
 * {@code uid_map} and {@code gid_map} instead, which is all that an ordinary user may do without a program's help.
 *
 * <p>It stays before the child: passes every signal on to it, and ends as it ends, with its code or 128 plus the signal that
 * ended it. When it is killed itself, the child is, and with that all that lives in the namespace. Where the kernel refuses,
 * it ends with 1 and a line on standard error. It must be started with the default disposition of {@code SIGCHLD}.
 */
final class EntryProgram {
    private static final int AT_FDCWD = -100;
    private static final int O_CLOEXEC = 0x80000;
    private static final int O_WRONLY_CLOEXEC = 0x80001;
    private static final int SIGKILL = 9;
    private static final int SIG_SETMASK = 2;
    private static final int SIGNAL_SET_SIZE = 8;
    private static final int PR_SET_PDEATHSIG = 1;
    private static final int USER_MOUNTS_AND_PROCESSES = 0x10000000 | 0x00020000 | 0x20000000;
    private static final int NOSUID_NODEV_NOEXEC = 2 | 4 | 8;
    private static final int EPERM = 1;
    private static final int ENOSPC = 28;

    /** The stack's frame: all signals, none, an int for what calls give back, a pipe's two ends, a shell's arguments. */
    private static final int ALL_SIGNALS = 0;

    private static final int NO_SIGNALS = 8;
    private static final int INT = 16;
    private static final int READING_END = 24;
    private static final int WRITING_END = 28;
    private static final int SHELLS_ARGUMENTS = 32;
    private static final int FRAME_SIZE = 64;

    private static final Register ARGUMENTS = KEPT1;
    private static final Register ENVIRONMENT = KEPT2;
    private static final Register TEXT = KEPT3;
    private static final Register FILE = KEPT4;
    private static final Register CHILD = KEPT4;

    private final Assembler a;
    private final Fragments fragments;
    private final Label print;
    private final Label refused;

    private EntryProgram(Machine machine) {
        a = machine.assembler();
        fragments = new Fragments(a);
        print = a.label();
        refused = a.label();
    }

    /** The ELF executable for the machine. */
    static byte[] executable(Machine machine) {
        EntryProgram program = new EntryProgram(machine);
        program.assemble();
        return StaticExecutable.of(machine, program.a.bytes());
    }

    private void assemble() {
        Label child = a.label();
        Label helper = a.label();
        Label alone = a.label();
        Label mapped = a.label();
        findArguments();
        a.add(STACK, -FRAME_SIZE);
        signals(ALL_SIGNALS, -1);
        startHelper(helper);
        makeNamespaces();
        awaitHelper(alone, mapped);
        a.bind(alone);
        beAlone();
        a.bind(mapped);
        fragments.fork(child, refused, CHILD);
        serve();
        a.bind(child);
        beTheChild();
        a.bind(helper);
        beTheHelper();
        a.bind(refused);
        fail("berth: cannot become root of a user namespace: the kernel refuses\n");
        fragments.printRoutine(print, KEPT0);
    }

    private void findArguments() {
        a.load64(KEPT0, STACK, 0);
        fragments.findArguments(KEPT0, ARGUMENTS, ENVIRONMENT);
    }

    /** Blocks these signals and no others; the threads of a JVM have had some blocked. */
    private void signals(int place, int set) {
        a.constant(KEPT0, set);
        a.store64(KEPT0, STACK, place);
        a.constant(ARG0, SIG_SETMASK);
        fragments.inFrame(ARG1, place);
        a.constant(ARG2, 0);
        a.constant(ARG3, SIGNAL_SET_SIZE);
        a.syscall(SystemCall.RT_SIGPROCMASK);
    }

    /** Goes there where no command is given. */
    private void ifNoCommand(Label target) {
        a.load64(TEXT, ARGUMENTS, 0);
        a.load8(KEPT0, TEXT, 0);
        a.branchIf(KEPT0, EQUAL, 0, target);
    }

    /** It begins outside of the namespaces, and waits for a byte that says that these are there. */
    private void startHelper(Label helper) {
        Label none = a.label();
        ifNoCommand(none);
        fragments.inFrame(ARG0, READING_END);
        a.constant(ARG1, O_CLOEXEC);
        a.syscall(SystemCall.PIPE2);
        a.branchIf(RESULT, LESS, 0, refused);
        fragments.fork(helper, refused, CHILD);
        a.bind(none);
    }

    private void awaitHelper(Label alone, Label mapped) {
        ifNoCommand(alone);
        a.load32(ARG0, STACK, WRITING_END);
        fragments.inFrame(ARG1, INT);
        a.constant(ARG2, 1);
        a.syscall(SystemCall.WRITE);
        a.constant(ARG0, -1);
        fragments.inFrame(ARG1, INT);
        a.constant(ARG2, 0);
        a.constant(ARG3, 0);
        a.syscall(SystemCall.WAIT4);
        a.branchIf(RESULT, LESS, 0, refused);
        a.load32(KEPT0, STACK, INT);
        a.branchIf(KEPT0, EQUAL, 0, mapped);
        say("berth: cannot have the users of /etc/subuid and /etc/subgid: newuidmap or newgidmap has failed;"
                + " going on with this one user\n");
    }

    /** Whoever has no parent any more reads the end of the pipe. */
    private void beTheHelper() {
        Label useless = a.label();
        Label path = a.label();
        Label flag = a.label();
        a.load32(ARG0, STACK, WRITING_END);
        a.syscall(SystemCall.CLOSE);
        a.load32(ARG0, STACK, READING_END);
        fragments.inFrame(ARG1, INT);
        a.constant(ARG2, 1);
        a.syscall(SystemCall.READ);
        a.branchIf(RESULT, LESS, 1, useless);
        signals(NO_SIGNALS, 0);
        a.address(ARG0, path);
        a.store64(ARG0, STACK, SHELLS_ARGUMENTS);
        a.address(KEPT0, flag);
        a.store64(KEPT0, STACK, SHELLS_ARGUMENTS + 8);
        a.load64(KEPT0, ARGUMENTS, 0);
        a.store64(KEPT0, STACK, SHELLS_ARGUMENTS + 16);
        a.constant(KEPT0, 0);
        a.store64(KEPT0, STACK, SHELLS_ARGUMENTS + 24);
        fragments.inFrame(ARG1, SHELLS_ARGUMENTS);
        a.move(ARG2, ENVIRONMENT);
        a.syscall(SystemCall.EXECVE);
        a.bind(useless);
        a.constant(ARG0, 1);
        a.syscall(SystemCall.EXIT_GROUP);
        fragments.text(path, "/bin/sh");
        fragments.text(flag, "-c");
        a.align(4);
    }

    /** The user is root, and nobody else is there. */
    private void beAlone() {
        Label deny = a.label();
        Label after = a.label();
        a.address(TEXT, deny);
        write("/proc/self/setgroups");
        a.load64(TEXT, ARGUMENTS, 8);
        write("/proc/self/uid_map");
        a.load64(TEXT, ARGUMENTS, 16);
        write("/proc/self/gid_map");
        a.jump(after);
        fragments.text(deny, "deny");
        a.align(4);
        a.bind(after);
    }

    private void makeNamespaces() {
        Label forbidden = a.label();
        Label tooMany = a.label();
        Label made = a.label();
        a.constant(ARG0, USER_MOUNTS_AND_PROCESSES);
        a.syscall(SystemCall.UNSHARE);
        a.branchIf(RESULT, EQUAL, 0, made);
        a.branchIf(RESULT, EQUAL, -EPERM, forbidden);
        a.branchIf(RESULT, EQUAL, -ENOSPC, tooMany);
        a.jump(refused);
        a.bind(forbidden);
        fail("berth: this host forbids ordinary users to make user namespaces (unshare: operation not permitted):"
                + " run it as root, or have an administrator allow them\n");
        a.bind(tooMany);
        fail("berth: this host has no room for another user namespace (unshare: no space left):"
                + " raise user.max_user_namespaces by sysctl, or run it as root\n");
        a.bind(made);
    }

    /** Writes the zero-terminated string at {@link #TEXT} at once, as these files want it; destroys KEPT0. */
    private void write(String path) {
        Label name = a.label();
        Label after = a.label();
        a.constant(ARG0, AT_FDCWD);
        a.address(ARG1, name);
        a.constant(ARG2, O_WRONLY_CLOEXEC);
        a.constant(ARG3, 0);
        a.syscall(SystemCall.OPENAT);
        a.branchIf(RESULT, LESS, 0, refused);
        a.move(FILE, RESULT);
        a.move(ARG1, TEXT);
        fragments.length(KEPT0);
        a.move(ARG0, FILE);
        a.syscall(SystemCall.WRITE);
        a.branchIf(RESULT, LESS, 0, refused);
        a.jump(after);
        fragments.text(name, path);
        a.align(4);
        a.bind(after);
    }

    /** Takes one signal after the other; that a child has ended is answered by ending, all others are passed on. */
    private void serve() {
        Label ended = a.label();
        Label next = a.here();
        fragments.passSignals(next, ALL_SIGNALS, CHILD, ended);
        a.bind(ended);
        a.constant(ARG0, -1);
        fragments.inFrame(ARG1, INT);
        a.constant(ARG2, 1); // WNOHANG: it may have been stopped only
        a.constant(ARG3, 0);
        a.syscall(SystemCall.WAIT4);
        a.branchIf(RESULT, LESS, 1, next);
        a.load32(KEPT0, STACK, INT);
        fragments.exitAs(KEPT0);
    }

    private void beTheChild() {
        Label masked = a.label();
        Label proc = a.label();
        Label place = a.label();
        a.constant(ARG0, PR_SET_PDEATHSIG);
        a.constant(ARG1, SIGKILL);
        a.constant(ARG2, 0);
        a.constant(ARG3, 0);
        a.constant(ARG4, 0);
        a.syscall(SystemCall.PRCTL);
        a.address(ARG0, proc);
        a.address(ARG1, place);
        a.address(ARG2, proc);
        a.constant(ARG3, NOSUID_NODEV_NOEXEC);
        a.constant(ARG4, 0);
        a.syscall(SystemCall.MOUNT);
        a.branchIf(RESULT, LESS, 0, masked);
        signals(NO_SIGNALS, 0);
        a.load64(ARG0, ARGUMENTS, 24);
        a.move(ARG1, ARGUMENTS);
        a.add(ARG1, 24);
        a.move(ARG2, ENVIRONMENT);
        a.syscall(SystemCall.EXECVE);
        fail("berth: cannot go on as root of a user namespace: the program cannot be executed again\n");
        a.bind(masked);
        fail("berth: cannot mount /proc in a user namespace: where this runs in a container, its /proc is masked"
                + " (start that one with --security-opt systempaths=unconfined)\n");
        fragments.text(proc, "proc");
        fragments.text(place, "/proc");
        a.align(4);
    }

    private void fail(String message) {
        say(message);
        a.constant(ARG0, 1);
        a.syscall(SystemCall.EXIT_GROUP);
    }

    private void say(String message) {
        Label text = a.label();
        Label after = a.label();
        a.address(ARG1, text);
        a.call(print);
        a.jump(after);
        fragments.text(text, message);
        a.align(4);
        a.bind(after);
    }
}
