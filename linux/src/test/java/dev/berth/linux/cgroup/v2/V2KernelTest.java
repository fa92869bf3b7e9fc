package dev.berth.linux.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupTree;
import dev.berth.linux.cgroup.DeviceRule;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a v2 hierarchy can do without controllers, on the real kernel: device programs, freezing and killing. A hybrid
 * host's has no controllers either, so these run there too.
 */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class V2KernelTest {
    private final String parent = "/berth-v2-test-" + ProcessHandle.current().pid();
    private CgroupTree tree;

    @BeforeEach
    void findTheTree() {
        Optional<CgroupMounts.Unified> unified =
                CgroupMounts.read(Path.of("/proc/self")).unified();
        assumeThat(unified).as("a mounted v2 hierarchy").isPresent();
        tree = new V2Tree(unified.orElseThrow());
    }

    @AfterEach
    void removeTheParent() {
        tree.removeIfEmpty(parent);
    }

    @Test
    void onlyAllowedDevicesCanBeOpened() throws Exception {
        try (Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE.withDevices(DeviceRule.DEFAULT))) {
            String output = output(group, "head -c 1 /dev/zero | wc -c; head -c 1 /dev/kmsg; echo end");
            assertThat(output)
                    .startsWith("1\n")
                    .contains("Operation not permitted")
                    .endsWith("end\n");
        }
    }

    @Test
    void aDeviceMayBeReadAndNotWritten() throws Exception {
        DeviceRule readNull =
                new DeviceRule(DeviceRule.Kind.CHARACTER, OptionalInt.of(1), OptionalInt.of(3), true, false, false);
        try (Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE.withDevices(List.of(readNull)))) {
            String output =
                    output(group, "cat /dev/null && echo read; echo x >/dev/null || echo refused; cat /dev/zero");
            assertThat(output)
                    .startsWith("read\n")
                    .contains("refused\n")
                    .contains("/dev/zero': Operation not permitted");
        }
    }

    @Test
    void withoutRulesEveryDeviceCanBeOpened() throws Exception {
        try (Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE)) {
            assertThat(output(group, "head -c 1 /dev/kmsg | wc -c")).isEqualTo("1\n");
        }
    }

    @Test
    void aProgramIsSixInstructionsThenTheRulesAndNo() {
        DeviceRule zero =
                new DeviceRule(DeviceRule.Kind.CHARACTER, OptionalInt.of(1), OptionalInt.of(5), true, true, true);
        ByteBuffer program = ByteBuffer.wrap(DeviceProgram.of(List.of(zero))).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(program.capacity()).isEqualTo(8 * (6 + 5 + 2));
        assertThat(program.getLong(8 * 6)).as("if r2 != 2 goto +4").isEqualTo(0x00000002_0004_02_55L);
        assertThat(program.getLong(8 * 7)).as("if r4 != 1 goto +3").isEqualTo(0x00000001_0003_04_55L);
        assertThat(program.getLong(8 * 8)).as("if r5 != 5 goto +2").isEqualTo(0x00000005_0002_05_55L);
        assertThat(program.getLong(8 * 9)).as("r0 = 1").isEqualTo(0x00000001_0000_00_B7L);
        assertThat(program.getLong(8 * 10)).as("exit").isEqualTo(0x95L);
        assertThat(program.getLong(8 * 11)).as("r0 = 0").isEqualTo(0xB7L);
    }

    @Test
    void frozenProcessesAreKilledAllTheSameWhenTheGroupIsClosed() throws Exception {
        Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE);
        Process process = run(group, "echo started; sleep 100 & sleep 100");
        try (BufferedReader output = process.inputReader()) {
            assertThat(output.readLine()).isEqualTo("started");
            Path directory = group.cloneInto().orElseThrow();
            group.freeze();
            assertThat(Files.readString(directory.resolve("cgroup.events"))).contains("frozen 1");
            assertThat(group.pids()).contains((int) process.pid());
            group.close();
            assertThat(process.waitFor()).isEqualTo(128 + 9);
            assertThat(directory).doesNotExist();
        }
    }

    private static String output(Cgroup group, String script) throws Exception {
        Process process = run(group, script);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static Process run(Cgroup group, String script) throws IOException {
        String entering = "echo 0 > '" + group.cloneInto().orElseThrow() + "/cgroup.procs'; ";
        return new ProcessBuilder("busybox", "sh", "-c", entering + script)
                .redirectErrorStream(true)
                .start();
    }
}
