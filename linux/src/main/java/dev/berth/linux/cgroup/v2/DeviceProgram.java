package dev.berth.linux.cgroup.v2;

import dev.berth.linux.cgroup.DeviceRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The BPF program (type {@code BPF_PROG_TYPE_CGROUP_DEVICE}) that the kernel asks about each use of a device in a group:
 * it goes through the rules in order and allows what one of them covers, else nothing. Instructions are as in the
 * kernel's {@code bpf/standardization/instruction-set.rst}: opcode, registers, a jump's distance, a constant.
 */
final class DeviceProgram {
    /** Linux's own limit on programs by the unprivileged, and far more rules than a container has devices. */
    static final int MOST_INSTRUCTIONS = 4096;

    /** {@code struct bpf_cgroup_dev_ctx}: the access in the upper 16 bits of the first word, the type in the lower. */
    private static final int CONTEXT_ACCESS_TYPE = 0;

    private static final int CONTEXT_MAJOR = 4;
    private static final int CONTEXT_MINOR = 8;

    /** {@code BPF_DEVCG_DEV_*} and {@code BPF_DEVCG_ACC_*}. */
    private static final int TYPE_BLOCK = 1;

    private static final int TYPE_CHARACTER = 2;
    private static final int ACCESS_MAKE = 1;
    private static final int ACCESS_READ = 2;
    private static final int ACCESS_WRITE = 4;
    private static final int ACCESS_ALL = ACCESS_MAKE | ACCESS_READ | ACCESS_WRITE;

    private static final int LOAD_WORD = 0x61; // LDX | MEM | W
    private static final int MOVE = 0xBF; // ALU64 | MOV | X
    private static final int MOVE_CONSTANT = 0xB7; // ALU64 | MOV | K
    private static final int AND_CONSTANT = 0x57; // ALU64 | AND | K
    private static final int SHIFT_RIGHT_CONSTANT = 0x77; // ALU64 | RSH | K
    private static final int JUMP_UNLESS_EQUAL = 0x55; // JMP | JNE | K
    private static final int EXIT = 0x95; // JMP | EXIT

    private static final int RESULT = 0;
    /** Holds the context at the start, and then what is being looked at. */
    private static final int SCRATCH = 1;

    private static final int TYPE = 2;
    private static final int ACCESS = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;

    private final ByteBuffer code = ByteBuffer.allocate(8 * MOST_INSTRUCTIONS).order(ByteOrder.LITTLE_ENDIAN);

    private DeviceProgram() {}

    /**
     * The program's instructions, eight bytes each, for this little-endian host.
     *
     * @throws IllegalArgumentException when there are too many rules
     */
    static byte[] of(List<DeviceRule> rules) {
        DeviceProgram program = new DeviceProgram();
        program.takeContextApart();
        for (DeviceRule rule : rules) {
            if (program.code.remaining() < 16 * 8) {
                throw new IllegalArgumentException("too many devices: " + rules.size());
            }
            program.allow(rule);
        }
        program.answer(0);
        byte[] bytes = new byte[program.code.position()];
        program.code.flip().get(bytes);
        return bytes;
    }

    private void takeContextApart() {
        instruction(LOAD_WORD, TYPE, SCRATCH, CONTEXT_ACCESS_TYPE, 0);
        instruction(MOVE, ACCESS, TYPE, 0, 0);
        instruction(AND_CONSTANT, TYPE, 0, 0, 0xFFFF);
        instruction(SHIFT_RIGHT_CONSTANT, ACCESS, 0, 0, 16);
        instruction(LOAD_WORD, MAJOR, SCRATCH, CONTEXT_MAJOR, 0);
        instruction(LOAD_WORD, MINOR, SCRATCH, CONTEXT_MINOR, 0);
    }

    /** The answer yes, and before it a jump to behind it for each way in which the rule may not cover the use. */
    private void allow(DeviceRule rule) {
        int denied = ACCESS_ALL & ~access(rule);
        int answer = 2;
        int minor = rule.minor().isPresent() ? 1 : 0;
        int major = rule.major().isPresent() ? 1 : 0;
        int access = denied == 0 ? 0 : 3;
        int type = rule.kind() == DeviceRule.Kind.BLOCK ? TYPE_BLOCK : TYPE_CHARACTER;
        instruction(JUMP_UNLESS_EQUAL, TYPE, 0, access + major + minor + answer, type);
        if (denied != 0) {
            instruction(MOVE, SCRATCH, ACCESS, 0, 0);
            instruction(AND_CONSTANT, SCRATCH, 0, 0, denied);
            instruction(JUMP_UNLESS_EQUAL, SCRATCH, 0, major + minor + answer, 0);
        }
        rule.major().ifPresent(number -> instruction(JUMP_UNLESS_EQUAL, MAJOR, 0, minor + answer, number));
        rule.minor().ifPresent(number -> instruction(JUMP_UNLESS_EQUAL, MINOR, 0, answer, number));
        answer(1);
    }

    private static int access(DeviceRule rule) {
        return (rule.make() ? ACCESS_MAKE : 0) | (rule.read() ? ACCESS_READ : 0) | (rule.write() ? ACCESS_WRITE : 0);
    }

    private void answer(int result) {
        instruction(MOVE_CONSTANT, RESULT, 0, 0, result);
        instruction(EXIT, 0, 0, 0, 0);
    }

    private void instruction(int opcode, int destination, int source, int offset, int constant) {
        code.put((byte) opcode)
                .put((byte) (source << 4 | destination))
                .putShort((short) offset)
                .putInt(constant);
    }
}
