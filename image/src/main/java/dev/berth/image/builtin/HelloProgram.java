package dev.berth.image.builtin;

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
import static dev.berth.linux.asm.Register.KEPT3;
import static dev.berth.linux.asm.Register.KEPT4;
import static dev.berth.linux.asm.Register.RESULT;
import static dev.berth.linux.asm.Register.STACK;

import dev.berth.linux.asm.Assembler;
import dev.berth.linux.asm.Label;
import dev.berth.linux.asm.Machine;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.elf.StaticExecutable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The program {@code /hello}: puts the greeting together on its stack, with its process id and host name from the
 * kernel, and writes it to its standard output. It ends with 0, or with 1 when it cannot write.
 */
final class HelloProgram {
    private static final String BEFORE_PID = """

            Hello from Berth!

            You are reading this, so your installation works. On the way here
             1. the client asked Berth's daemon to run the image "hello-world",
             2. the daemon found that image built in: one layer that holds one small
                program, and no operating system around it,
             3. it made a sandbox straight from Java, by system calls alone: namespaces,
                a control group, and a copy-on-write root of the image's layer,
             4. the program ran in there, and what it writes came back to your terminal.

            Inside: process\s""";

    private static final String BEFORE_HOST = " of host ";
    private static final String BEFORE_MACHINE = ", on ";
    private static final String END = """
            .

            To try next:
              berth run -it --rm --rootfs / sh                a shell on a copy of this machine's
                                                              files; what you change is forgotten
              berth run --rm debian cat /etc/os-release       an image from a registry

            """;

    /** {@code struct utsname} (uname(2)): six strings in fields of this size. */
    private static final int UTS_FIELD_SIZE = 65;

    private static final int UTS_NODENAME = UTS_FIELD_SIZE;
    private static final int UTS_MACHINE = 4 * UTS_FIELD_SIZE;
    private static final int UTS_SIZE = (6 * UTS_FIELD_SIZE + 15) / 16 * 16;

    /** Room for the greeting: the texts above, ten digits and two fields of utsname are less than half of it. */
    private static final int BUFFER_SIZE = 4096;

    private static final int STANDARD_OUTPUT = 1;

    private final Assembler a;
    private final Label appendText;
    private final Label appendNumber;

    private HelloProgram(Machine machine) {
        a = machine.assembler();
        appendText = a.label();
        appendNumber = a.label();
    }

    /** The ELF executable for the machine. */
    static byte[] executable(Machine machine) {
        HelloProgram program = new HelloProgram(machine);
        program.assemble();
        return StaticExecutable.of(machine, program.a.bytes());
    }

    /** KEPT0 is where the greeting goes on; the stack holds the greeting and, below it, the utsname. */
    private void assemble() {
        Label[] texts = {a.label(), a.label(), a.label(), a.label()};
        a.add(STACK, -(BUFFER_SIZE + UTS_SIZE));
        a.move(KEPT0, STACK);
        a.add(KEPT0, UTS_SIZE);
        append(texts[0]);
        a.syscall(SystemCall.GETPID);
        a.move(KEPT1, RESULT);
        a.call(appendNumber);
        a.move(ARG0, STACK);
        a.syscall(SystemCall.UNAME);
        append(texts[1]);
        appendFieldOfUtsname(UTS_NODENAME);
        append(texts[2]);
        appendFieldOfUtsname(UTS_MACHINE);
        append(texts[3]);
        writeAndExit();
        appendTextRoutine();
        appendNumberRoutine();
        text(texts[0], BEFORE_PID);
        text(texts[1], BEFORE_HOST);
        text(texts[2], BEFORE_MACHINE);
        text(texts[3], END);
    }

    private void append(Label text) {
        a.address(ARG1, text);
        a.call(appendText);
    }

    private void appendFieldOfUtsname(int offset) {
        a.move(ARG1, STACK);
        a.add(ARG1, offset);
        a.call(appendText);
    }

    /** write(2) may take less than it is given: goes on until all is written. */
    private void writeAndExit() {
        Label failed = a.label();
        Label done = a.label();
        a.move(KEPT1, STACK);
        a.add(KEPT1, UTS_SIZE);
        Label next = a.here();
        a.branchIf(KEPT1, EQUAL, KEPT0, done);
        a.constant(ARG0, STANDARD_OUTPUT);
        a.move(ARG1, KEPT1);
        a.move(ARG2, KEPT0);
        a.subtract(ARG2, KEPT1);
        a.syscall(SystemCall.WRITE);
        a.branchIf(RESULT, LESS, 1, failed);
        a.add(KEPT1, RESULT);
        a.jump(next);
        a.bind(done);
        a.constant(ARG0, 0);
        a.syscall(SystemCall.EXIT_GROUP);
        a.bind(failed);
        a.constant(ARG0, 1);
        a.syscall(SystemCall.EXIT_GROUP);
    }

    /** Copies the zero-terminated string at ARG1 to KEPT0, without the zero; moves both on. */
    private void appendTextRoutine() {
        Label done = a.label();
        a.bind(appendText);
        Label next = a.here();
        a.load8(RESULT, ARG1, 0);
        a.branchIf(RESULT, EQUAL, 0, done);
        a.store8(RESULT, KEPT0, 0);
        a.add(KEPT0, 1);
        a.add(ARG1, 1);
        a.jump(next);
        a.bind(done);
        a.ret();
    }

    /**
     * Appends the number in KEPT1, below 10¹⁰, in decimal. A digit is how often a power of ten can be taken away: neither
     * machine's division is needed. KEPT2 walks the powers, KEPT3 is zero until the first digit, KEPT4 is the power.
     */
    private void appendNumberRoutine() {
        Label powers = a.label();
        Label subtract = a.label();
        Label digitKnown = a.label();
        Label write = a.label();
        Label skip = a.label();
        a.bind(appendNumber);
        a.address(KEPT2, powers);
        a.constant(KEPT3, 0);
        Label nextPower = a.here();
        a.load32(KEPT4, KEPT2, 0);
        a.constant(ARG2, '0');
        a.bind(subtract);
        a.branchIf(KEPT1, BELOW, KEPT4, digitKnown);
        a.subtract(KEPT1, KEPT4);
        a.add(ARG2, 1);
        a.constant(KEPT3, 1);
        a.jump(subtract);
        a.bind(digitKnown);
        a.branchIf(KEPT4, EQUAL, 1, write); // the last digit is written even when it is a leading zero
        a.branchIf(KEPT3, EQUAL, 0, skip);
        a.bind(write);
        a.store8(ARG2, KEPT0, 0);
        a.add(KEPT0, 1);
        a.bind(skip);
        a.add(KEPT2, 4);
        a.branchIf(KEPT4, NOT_EQUAL, 1, nextPower);
        a.ret();
        a.align(4);
        a.bind(powers);
        for (int power = 1_000_000_000; power > 0; power /= 10) {
            a.data(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(power)
                    .array());
        }
    }

    private void text(Label label, String text) {
        a.bind(label);
        a.data((text + "\0").getBytes(StandardCharsets.UTF_8));
    }
}
