package dev.berth.linux.cgroup.v2;

import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import dev.berth.linux.cgroup.CgroupDirectory;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.DeviceRule;
import dev.berth.linux.file.Directory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Which device nodes may be opened and made. v2 has no controller for it: a BPF program on the group decides. */
record DevicesController() {
    /** {@code union bpf_attr} (bpf(2)), as far as these commands use it. */
    private static final int ATTRIBUTES_SIZE = 64;

    private static final int LOAD = 5;
    private static final int LOAD_TYPE = 0;
    private static final int LOAD_COUNT = 4;
    private static final int LOAD_INSTRUCTIONS = 8;
    private static final int LOAD_LICENSE = 16;
    private static final int TYPE_CGROUP_DEVICE = 15;

    private static final int ATTACH = 8;
    private static final int ATTACH_TARGET = 0;
    private static final int ATTACH_PROGRAM = 4;
    private static final int ATTACH_TYPE = 8;
    private static final int ATTACH_FLAGS = 12;
    private static final int ATTACH_CGROUP_DEVICE = 6;
    /** So that programs of groups above and below are asked too, and all must agree. */
    private static final int ALLOW_MULTI = 2;

    /** Sets the rules of a new group. The kernel lets the program go with the group. */
    void allowOnly(List<DeviceRule> rules, CgroupDirectory group) {
        try (Directory directory = Directory.open(group.path());
                Fd program = load(DeviceProgram.of(rules));
                Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(ValueLayout.JAVA_INT, ATTACH_TARGET, directory.fd().number());
            attributes.set(ValueLayout.JAVA_INT, ATTACH_PROGRAM, program.number());
            attributes.set(ValueLayout.JAVA_INT, ATTACH_TYPE, ATTACH_CGROUP_DEVICE);
            attributes.set(ValueLayout.JAVA_INT, ATTACH_FLAGS, ALLOW_MULTI);
            bpf(ATTACH, attributes, "attach it");
        } catch (LinuxException e) {
            throw new CgroupException("cannot restrict the devices of " + group.path() + ": " + e.getMessage(), e);
        }
    }

    private static Fd load(byte[] instructions) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(instructions.length, 8);
            MemorySegment.copy(instructions, 0, code, ValueLayout.JAVA_BYTE, 0, instructions.length);
            MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 8);
            attributes.set(ValueLayout.JAVA_INT, LOAD_TYPE, TYPE_CGROUP_DEVICE);
            attributes.set(ValueLayout.JAVA_INT, LOAD_COUNT, instructions.length / 8);
            attributes.set(ValueLayout.JAVA_LONG, LOAD_INSTRUCTIONS, code.address());
            attributes.set(
                    ValueLayout.JAVA_LONG,
                    LOAD_LICENSE,
                    arena.allocateFrom("Apache-2.0").address());
            return new Fd((int) bpf(LOAD, attributes, "load the program that checks devices"));
        }
    }

    private static long bpf(int command, MemorySegment attributes, String doing) {
        return Kernel.running().call(SystemCall.BPF, doing, command, attributes.address(), ATTRIBUTES_SIZE);
    }
}
