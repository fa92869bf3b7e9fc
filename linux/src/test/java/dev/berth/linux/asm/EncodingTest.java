package dev.berth.linux.asm;

import static dev.berth.linux.asm.Condition.ABOVE_OR_EQUAL;
import static dev.berth.linux.asm.Condition.EQUAL;
import static dev.berth.linux.asm.Register.ARG0;
import static dev.berth.linux.asm.Register.ARG1;
import static dev.berth.linux.asm.Register.ARG2;
import static dev.berth.linux.asm.Register.ARG3;
import static dev.berth.linux.asm.Register.ARG4;
import static dev.berth.linux.asm.Register.ARG5;
import static dev.berth.linux.asm.Register.KEPT0;
import static dev.berth.linux.asm.Register.KEPT1;
import static dev.berth.linux.asm.Register.KEPT2;
import static dev.berth.linux.asm.Register.KEPT3;
import static dev.berth.linux.asm.Register.KEPT4;
import static dev.berth.linux.asm.Register.KEPT5;
import static dev.berth.linux.asm.Register.NUMBER;
import static dev.berth.linux.asm.Register.RESULT;
import static dev.berth.linux.asm.Register.STACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each operation against the bytes that an independent assembler gives for it. */
class EncodingTest {
    private static final HexFormat HEX = HexFormat.of();

    record Example(String x86, String arm, Consumer<Assembler> operation) {
        @Override
        public String toString() {
            return x86 + " / " + arm;
        }
    }

    static Stream<Example> examples() {
        return Stream.of(
                // mov %rsi,%r12; mov x21,x1
                new Example("4989f4", "f50301aa", a -> a.move(KEPT2, ARG1)),
                // mov %rsp,%rbx; mov x19,sp
                new Example("4889e3", "f3030091", a -> a.move(KEPT0, STACK)),
                // mov %r15,%rsp; mov sp,x24
                new Example("4c89fc", "1f030091", a -> a.move(STACK, KEPT5)),
                // mov $60,%eax; mov x8,#60
                new Example("b83c000000", "880780d2", a -> a.constant(NUMBER, 60)),
                // mov $0xffffffff,%r9d; mov x5,#0xffff; movk x5,#0xffff,lsl #16
                new Example("41b9ffffffff", "e5ff9fd2e5ffbff2", a -> a.constant(ARG5, 0xFFFFFFFFL)),
                // mov $-1,%rdi; mov x0,#-1
                new Example("48c7c7ffffffff", "00008092", a -> a.constant(ARG0, -1)),
                // mov $-4096,%rdi; mov x0,#-4096
                new Example("48c7c700f0ffff", "e0ff8192", a -> a.constant(ARG0, -4096)),
                // mov $0,%edi; mov x0,#0
                new Example("bf00000000", "000080d2", a -> a.constant(ARG0, 0)),
                // movabs, movz and three movk
                new Example(
                        "49baf0debc9a78563412",
                        "03de9bd28357b3f203cfcaf28346e2f2",
                        a -> a.constant(ARG3, 0x123456789ABCDEF0L)),
                // mov 8(%rbx),%rdi; ldr x0,[x19,#8]
                new Example("488b7b08", "600640f9", a -> a.load64(ARG0, KEPT0, 8)),
                // mov -8(%rbp),%r13; ldur x22,[x20,#-8]
                new Example("4c8b6df8", "96825ff8", a -> a.load64(KEPT3, KEPT1, -8)),
                // mov 256(%r13),%rax; ldr x0,[x22,#256]
                new Example("498b8500010000", "c08240f9", a -> a.load64(RESULT, KEPT3, 256)),
                // mov 4(%rsp),%edx; ldr w2,[sp,#4]
                new Example("8b542404", "e20740b9", a -> a.load32(ARG2, STACK, 4)),
                // movzbl 0(%rsi),%eax; ldrb w0,[x1]
                new Example("0fb64600", "20004039", a -> a.load8(RESULT, ARG1, 0)),
                // mov %rax,24(%r14); str x0,[x23,#24]
                new Example("49894618", "e00e00f9", a -> a.store64(RESULT, KEPT4, 24)),
                // mov %r8d,300(%rsp); str w4,[sp,#300]
                new Example("448984242c010000", "e42f01b9", a -> a.store32(ARG4, STACK, 300)),
                // mov %dil,1(%r15); strb w0,[x24,#1]
                new Example("41887f01", "00070039", a -> a.store8(ARG0, KEPT5, 1)),
                // add $8,%rbx; add x19,x19,#8
                new Example("4883c308", "73220091", a -> a.add(KEPT0, 8)),
                // add $-128,%r12; sub x21,x21,#128
                new Example("4983c480", "b50202d1", a -> a.add(KEPT2, -128)),
                // add $4096,%rsp; add sp,sp,#1,lsl #12
                new Example("4881c400100000", "ff074091", a -> a.add(STACK, 4096)),
                // add %r13,%rax; add x0,x0,x22
                new Example("4c01e8", "0000168b", a -> a.add(RESULT, KEPT3)),
                // sub %rdi,%r15; sub x24,x24,x0
                new Example("4929ff", "180300cb", a -> a.subtract(KEPT5, ARG0)),
                // and $127,%rax; mov x16,#127; and x0,x0,x16
                new Example("4883e07f", "f00f80d20000108a", a -> a.and(RESULT, 127)),
                // shl $3,%rdx; lsl x2,x2,#3
                new Example("48c1e203", "42f07dd3", a -> a.shiftLeft(ARG2, 3)),
                // shr $8,%r8; lsr x4,x4,#8
                new Example("49c1e808", "84fc48d3", a -> a.shiftRight(ARG4, 8)),
                // jmp *%r12; br x21
                new Example("41ffe4", "a0021fd6", a -> a.jumpTo(KEPT2)),
                // syscall; svc #0
                new Example("0f05", "010000d4", Assembler::syscall),
                new Example("c3", "c0035fd6", Assembler::ret),
                // push %rbx, %rbp, %r12 … %r15; stp x29,x30,[sp,#-16]! and so on
                new Example("5355415441554156" + "4157", "fd7bbfa9f353bfa9f55bbfa9f763bfa9", Assembler::enter),
                new Example("415f415e415d415c" + "5d5b", "f763c1a8f55bc1a8f353c1a8fd7bc1a8", Assembler::leave));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void anOperationIsEncodedAsTheManualsSay(Example example) {
        assertThat(encode(Machine.X86_64, example.operation)).isEqualTo(example.x86);
        assertThat(encode(Machine.AARCH64, example.operation)).isEqualTo(example.arm);
    }

    @Test
    void aBranchReachesALabelAheadAndALabelBehind() {
        Consumer<Assembler> program = a -> {
            Label start = a.here();
            Label end = a.label();
            a.branchIf(RESULT, ABOVE_OR_EQUAL, -4095, end);
            a.branchIf(KEPT0, EQUAL, KEPT3, start);
            a.jump(start);
            a.call(end);
            a.bind(end);
            a.address(KEPT4, start);
        };
        assertThat(encode(Machine.X86_64, program))
                .isEqualTo(
                        "4881f801f0ffff" // cmp $-4095,%rax
                                + "0f8313000000" // jae end
                                + "4c39eb" // cmp %r13,%rbx
                                + "0f84eaffffff" // je start
                                + "e9e5ffffff" // jmp start
                                + "e800000000" // call end
                                + "4c8d35d9ffffff"); // lea start(%rip),%r14
        assertThat(encode(Machine.AARCH64, program))
                .isEqualTo(
                        "1ffc3fb1" // cmn x0,#4095
                                + "a2000054" // b.hs end
                                + "7f0216eb" // cmp x19,x22
                                + "a0ffff54" // b.eq start
                                + "fcffff17" // b start
                                + "01000094" // bl end
                                + "57ffff10"); // adr x23,start
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void aLabelThatWasNeverBoundIsReported(Machine machine) {
        Assembler a = machine.assembler();
        a.jump(a.label());
        assertThatThrownBy(a::bytes).isInstanceOf(IllegalStateException.class).hasMessageContaining("never bound");
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void anOperandThatDoesNotFitIsRefused(Machine machine) {
        Assembler a = machine.assembler();
        assertThatThrownBy(() -> a.branchIf(KEPT0, EQUAL, 4096, a.label()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.add(KEPT0, 1 << 24)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.and(KEPT0, 1 << 16)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.shiftLeft(KEPT0, 64)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> a.subtract(STACK, KEPT0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(a.bytes()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Machine.class)
    void aLongProgramKeepsItsFirstBytes(Machine machine) {
        Assembler a = machine.assembler();
        a.data(new byte[] {1, 2, 3});
        a.align(8);
        a.data(new byte[1000]);
        assertThat(a.bytes()).hasSize(1008).startsWith(1, 2, 3, 0, 0, 0, 0, 0);
    }

    private static String encode(Machine machine, Consumer<Assembler> program) {
        Assembler assembler = machine.assembler();
        program.accept(assembler);
        return HEX.formatHex(assembler.bytes());
    }
}
