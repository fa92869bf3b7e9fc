package dev.berth.linux.cgroup.v1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupTree;
import dev.berth.linux.cgroup.DeviceRule;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups of the real kernel. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class V1TreeTest {
    private static final OptionalLong AS_IT_IS = OptionalLong.empty();

    private final String parent = "/berth-v1-test-" + ProcessHandle.current().pid();
    private CgroupMounts mounts;
    private CgroupTree tree;

    @BeforeEach
    void findTheTree() {
        mounts = CgroupMounts.read(Path.of("/proc/self"));
        assumeThat(controllers()).as("controllers bound to v1").contains("memory", "pids", "cpu", "cpuset", "freezer");
        tree = new V1Tree(mounts);
    }

    @AfterEach
    void removeTheParent() {
        tree.removeIfEmpty(parent);
    }

    @Test
    void aGroupIsMadeInEachHierarchyAndRemovedFromEach() {
        Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE);
        assertThat(group.entryFiles()).hasSize(mounts.v1().size()).allMatch(Files::exists);
        List<Path> all = group.entryFiles();
        group.close();
        assertThat(all).noneMatch(file -> Files.exists(file.getParent()));
        group.close();
    }

    @Test
    void aGroupThatExistsIsNotTaken() {
        try (Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE)) {
            assertThatThrownBy(() -> tree.create(group.path(), CgroupLimits.NONE))
                    .isInstanceOf(CgroupException.class)
                    .hasMessageContaining("it exists");
            assertThat(group.entryFiles()).allMatch(Files::exists);
        }
    }

    @Test
    void limitsAreSetAndRaisedAndLowered() throws IOException {
        try (Cgroup group = tree.create(parent + "/one", memory(64 << 20, 128 << 20))) {
            assertThat(value(group, "memory", "memory.limit_in_bytes")).isEqualTo("67108864");
            assertThat(value(group, "memory", "memory.memsw.limit_in_bytes")).isEqualTo("134217728");
            group.apply(memory(256 << 20, 512 << 20));
            assertThat(value(group, "memory", "memory.limit_in_bytes")).isEqualTo("268435456");
            assertThat(value(group, "memory", "memory.memsw.limit_in_bytes")).isEqualTo("536870912");
            group.apply(memory(32 << 20, 32 << 20));
            assertThat(value(group, "memory", "memory.limit_in_bytes")).isEqualTo("33554432");
            assertThat(value(group, "memory", "memory.memsw.limit_in_bytes")).isEqualTo("33554432");
            group.apply(memory(-1, -1));
            assertThat(group.stats().memory().limitBytes()).isEmpty();
        }
    }

    @Test
    void theOtherLimitsAreSet() throws IOException {
        CgroupLimits limits = new CgroupLimits(
                AS_IT_IS,
                AS_IT_IS,
                OptionalLong.of(32 << 20),
                OptionalLong.of(512),
                OptionalLong.of(50_000),
                OptionalLong.of(200_000),
                "0",
                "0",
                OptionalLong.of(50),
                true,
                List.of());
        try (Cgroup group = tree.create(parent + "/one", limits)) {
            assertThat(value(group, "memory", "memory.soft_limit_in_bytes")).isEqualTo("33554432");
            assertThat(value(group, "memory", "memory.oom_control")).contains("oom_kill_disable 1");
            assertThat(value(group, "cpu", "cpu.shares")).isEqualTo("512");
            assertThat(value(group, "cpu", "cpu.cfs_quota_us")).isEqualTo("50000");
            assertThat(value(group, "cpu", "cpu.cfs_period_us")).isEqualTo("200000");
            assertThat(value(group, "cpuset", "cpuset.cpus")).isEqualTo("0");
            assertThat(value(group, "pids", "pids.max")).isEqualTo("50");
            assertThat(group.stats().pids().limit()).hasValue(50);
        }
    }

    @Test
    void aRefusedLimitLeavesNoGroup() {
        CgroupLimits limits = new CgroupLimits(
                AS_IT_IS, AS_IT_IS, AS_IT_IS, AS_IT_IS, AS_IT_IS, AS_IT_IS, "1024", "", AS_IT_IS, false, List.of());
        assertThatThrownBy(() -> tree.create(parent + "/one", limits))
                .isInstanceOf(CgroupException.class)
                .hasMessageContaining("\"1024\"")
                .hasMessageContaining("cpuset.cpus");
        assertThatThrownBy(() -> tree.open(parent + "/one")).hasMessageContaining("no control group");
    }

    @Test
    void aLimitWithoutItsControllerIsAnError() {
        List<CgroupMounts.V1> others = mounts.v1().stream()
                .filter(hierarchy -> !hierarchy.controllers().contains("pids"))
                .toList();
        CgroupTree without = new V1Tree(new CgroupMounts(others, mounts.unified()));
        CgroupLimits limits = pids(50);
        assertThatThrownBy(() -> without.create(parent + "/one", limits))
                .isInstanceOf(CgroupException.class)
                .hasMessageContaining("no pids controller");
        assertThatThrownBy(() -> without.open(parent + "/one")).hasMessageContaining("no control group");
    }

    @Test
    void aProcessEntersEveryHierarchyAndIsCounted() throws Exception {
        try (Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE)) {
            Process process = run(group, "while read group; do echo $group; done </proc/self/cgroup; read line");
            // Line by line by the shell itself, so that it is the group's only process.
            for (CgroupMounts.V1 hierarchy : mounts.v1()) {
                String line = new String(readLine(process), StandardCharsets.US_ASCII);
                assertThat(line).as(hierarchy.toString()).endsWith(":" + group.path());
            }
            assertThat(group.pids()).containsExactly((int) process.pid());
            assertThat(group.stats().pids().current()).isEqualTo(1);
            assertThat(group.stats().cpu().totalNanos()).isPositive();
            assertThat(group.stats().memory().bytes()).isPositive();
            group.killAll();
            assertThat(process.waitFor()).isEqualTo(128 + 9);
        }
    }

    @Test
    void noMoreProcessesStartThanTheLimit() throws Exception {
        try (Cgroup group = tree.create(parent + "/one", pids(2))) {
            Process process = run(group, "sleep 100 & sleep 100 & wait");
            assertThat(new String(readLine(process), StandardCharsets.UTF_8)).contains("can't fork");
        }
    }

    @Test
    void aProcessThatUsesUpItsMemoryIsKilledAndCounted() throws Exception {
        try (Cgroup group = tree.create(parent + "/one", memory(16 << 20, 16 << 20))) {
            assertThat(group.oomKills()).isZero();
            Process process = run(group, "exec busybox tail -c 200000000 /dev/zero");
            assertThat(process.waitFor()).isEqualTo(128 + 9);
            assertThat(group.oomKills()).isEqualTo(1);
        }
    }

    @Test
    void onlyAllowedDevicesCanBeOpened() throws Exception {
        try (Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE.withDevices(DeviceRule.DEFAULT))) {
            Process process = run(group, "head -c 1 /dev/zero | wc -c; head -c 1 /dev/kmsg; echo end");
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(output)
                    .startsWith("1\n")
                    .contains("Operation not permitted")
                    .endsWith("end\n");
        }
    }

    @Test
    void frozenProcessesAreKilledAllTheSameWhenTheGroupIsClosed() throws Exception {
        Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE);
        Process process = run(group, "echo started; sleep 100 & sleep 100");
        assertThat(readLine(process)).isEqualTo("started".getBytes(StandardCharsets.US_ASCII));
        group.freeze();
        assertThat(value(group, "freezer", "freezer.state")).isEqualTo("FROZEN");
        group.thaw();
        assertThat(value(group, "freezer", "freezer.state")).isEqualTo("THAWED");
        group.freeze();
        group.close();
        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertThatThrownBy(() -> tree.open(group.path())).isInstanceOf(CgroupException.class);
    }

    @Test
    void groupsThatAProcessMadeInsideAreRemovedToo() throws Exception {
        Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE);
        for (Path file : group.entryFiles()) {
            Files.createDirectories(file.resolveSibling("inner/most"));
        }
        tree.open(group.path()).close();
        assertThat(group.entryFiles()).noneMatch(file -> Files.exists(file.getParent()));
    }

    @Test
    void aParentInUseIsLeftAlone() {
        try (Cgroup group = tree.create(parent + "/one", CgroupLimits.NONE)) {
            tree.removeIfEmpty(parent);
            assertThat(group.entryFiles()).allMatch(Files::exists);
        }
    }

    private Set<String> controllers() {
        return mounts.v1().stream()
                .flatMap(hierarchy -> hierarchy.controllers().stream())
                .collect(Collectors.toSet());
    }

    private String value(Cgroup group, String controller, String file) throws IOException {
        Path hierarchy = mounts.v1().stream()
                .filter(v1 -> v1.controllers().contains(controller))
                .findFirst()
                .orElseThrow()
                .directory();
        return Files.readString(hierarchy.resolve(group.path().substring(1)).resolve(file))
                .strip();
    }

    /** Runs a script of busybox's shell in the group. */
    private static Process run(Cgroup group, String script) throws IOException {
        String entering = group.entryFiles().stream()
                .map(file -> "echo 0 > '" + file + "'; ")
                .collect(Collectors.joining());
        return new ProcessBuilder("busybox", "sh", "-c", entering + script)
                .redirectErrorStream(true)
                .start();
    }

    private static byte[] readLine(Process process) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = process.getInputStream().read();
                b != '\n' && b >= 0;
                b = process.getInputStream().read()) {
            line.write(b);
        }
        return line.toByteArray();
    }

    private static CgroupLimits pids(long pids) {
        return new CgroupLimits(
                AS_IT_IS,
                AS_IT_IS,
                AS_IT_IS,
                AS_IT_IS,
                AS_IT_IS,
                AS_IT_IS,
                "",
                "",
                OptionalLong.of(pids),
                false,
                List.of());
    }

    private static CgroupLimits memory(long memory, long swap) {
        return new CgroupLimits(
                OptionalLong.of(memory),
                OptionalLong.of(swap),
                AS_IT_IS,
                AS_IT_IS,
                AS_IT_IS,
                AS_IT_IS,
                "",
                "",
                AS_IT_IS,
                false,
                List.of());
    }
}
