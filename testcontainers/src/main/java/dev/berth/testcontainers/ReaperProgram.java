package dev.berth.testcontainers;

import static dev.berth.linux.asm.Condition.LESS;
import static dev.berth.linux.asm.Register.ARG0;
import static dev.berth.linux.asm.Register.ARG1;
import static dev.berth.linux.asm.Register.ARG2;
import static dev.berth.linux.asm.Register.ARG3;
import static dev.berth.linux.asm.Register.KEPT0;
import static dev.berth.linux.asm.Register.KEPT1;
import static dev.berth.linux.asm.Register.RESULT;
import static dev.berth.linux.asm.Register.STACK;

import dev.berth.linux.asm.Assembler;
import dev.berth.linux.asm.Label;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.elf.StaticExecutable;
import java.nio.charset.StandardCharsets;

/**
 * What Testcontainers' reaper (Ryuk) has to be here. The real one is told what to remove should the JVM end; an engine that
 * ends with the JVM has nothing left to remove. So this one takes connections on port 8080, one after the other, acknowledges
 * all it is told, and does nothing.
 */
final class ReaperProgram {
    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int STANDARD_OUTPUT = 1;
    private static final int BACKLOG = 16;
    private static final int BUFFER_SIZE = 4096;

    /** {@code struct sockaddr_in} of ip(7): the family in the machine's order, the port 8080 in the network's, any address. */
    private static final byte[] ADDRESS = {AF_INET, 0, 0x1f, (byte) 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    /** What Testcontainers waits for in its output. */
    private static final byte[] STARTED = "Started\n".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] ACKNOWLEDGEMENT = "ACK\n".getBytes(StandardCharsets.US_ASCII);

    private ReaperProgram() {}

    /** The ELF executable for the machine. */
    static byte[] executable(Machine machine) {
        Assembler a = machine.assembler();
        assemble(a);
        return StaticExecutable.of(machine, a.bytes());
    }

    /** KEPT0 is the socket that listens, KEPT1 the connection; what is read goes onto the stack and is forgotten. */
    private static void assemble(Assembler a) {
        Label address = a.label();
        Label started = a.label();
        Label acknowledgement = a.label();
        Label failed = a.label();
        a.add(STACK, -BUFFER_SIZE);
        listen(a, address, failed);
        write(a, STANDARD_OUTPUT, started, STARTED.length);
        serve(a, acknowledgement);
        a.bind(failed);
        a.constant(ARG0, 1);
        a.syscall(SystemCall.EXIT_GROUP);
        data(a, address, ADDRESS);
        data(a, started, STARTED);
        data(a, acknowledgement, ACKNOWLEDGEMENT);
    }

    private static void listen(Assembler a, Label address, Label failed) {
        a.constant(ARG0, AF_INET);
        a.constant(ARG1, SOCK_STREAM);
        a.constant(ARG2, 0);
        a.syscall(SystemCall.SOCKET);
        a.branchIf(RESULT, LESS, 0, failed);
        a.move(KEPT0, RESULT);
        a.move(ARG0, KEPT0);
        a.address(ARG1, address);
        a.constant(ARG2, ADDRESS.length);
        a.syscall(SystemCall.BIND);
        a.branchIf(RESULT, LESS, 0, failed);
        a.move(ARG0, KEPT0);
        a.constant(ARG1, BACKLOG);
        a.syscall(SystemCall.LISTEN);
        a.branchIf(RESULT, LESS, 0, failed);
    }

    private static void write(Assembler a, int descriptor, Label text, int length) {
        a.constant(ARG0, descriptor);
        a.address(ARG1, text);
        a.constant(ARG2, length);
        a.syscall(SystemCall.WRITE);
    }

    private static void serve(Assembler a, Label acknowledgement) {
        Label close = a.label();
        Label accept = a.here();
        a.move(ARG0, KEPT0);
        a.constant(ARG1, 0);
        a.constant(ARG2, 0);
        a.constant(ARG3, 0);
        a.syscall(SystemCall.ACCEPT4);
        a.branchIf(RESULT, LESS, 0, accept);
        a.move(KEPT1, RESULT);
        Label read = a.here();
        a.move(ARG0, KEPT1);
        a.move(ARG1, STACK);
        a.constant(ARG2, BUFFER_SIZE);
        a.syscall(SystemCall.READ);
        a.branchIf(RESULT, LESS, 1, close);
        a.move(ARG0, KEPT1);
        a.address(ARG1, acknowledgement);
        a.constant(ARG2, ACKNOWLEDGEMENT.length);
        a.syscall(SystemCall.WRITE);
        a.branchIf(RESULT, LESS, 1, close);
        a.jump(read);
        a.bind(close);
        a.move(ARG0, KEPT1);
        a.syscall(SystemCall.CLOSE);
        a.jump(accept);
    }

    private static void data(Assembler a, Label label, byte[] bytes) {
        a.bind(label);
        a.data(bytes);
    }
}
