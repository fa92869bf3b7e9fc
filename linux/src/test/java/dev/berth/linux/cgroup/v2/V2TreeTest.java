package dev.berth.linux.cgroup.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.linux.cgroup.Cgroup;
import dev.berth.linux.cgroup.CgroupException;
import dev.berth.linux.cgroup.CgroupLimits;
import dev.berth.linux.cgroup.CgroupMounts;
import dev.berth.linux.cgroup.CgroupStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written where, held against a tree of plain files: a host with v1 has no v2 controllers to try. */
class V2TreeTest {
    @TempDir
    Path root;

    private V2Tree tree;

    @BeforeEach
    void aTreeOfFiles() throws IOException {
        group(root);
        tree = new V2Tree(new CgroupMounts.Unified(root, root.resolve("daemon")));
    }

    @Test
    void controllersAreHandedOnAlongThePath() throws IOException {
        Path parent = group(root.resolve("berth"));
        tree.create("/berth/one", CgroupLimits.NONE);
        assertThat(Files.readString(root.resolve("cgroup.subtree_control")))
                .isEqualTo("+cpuset +cpu +io +memory +pids");
        assertThat(Files.readString(parent.resolve("cgroup.subtree_control")))
                .isEqualTo("+cpuset +cpu +io +memory +pids");
        assertThat(parent.resolve("one")).isDirectory();
    }

    @Test
    void limitsAreWrittenInTheKernelsTerms() throws IOException {
        Path group = group(root.resolve("one"));
        tree.open("/one")
                .apply(new CgroupLimits(
                        OptionalLong.of(64 << 20),
                        OptionalLong.of(96 << 20),
                        OptionalLong.of(32 << 20),
                        OptionalLong.of(512),
                        OptionalLong.of(50_000),
                        OptionalLong.of(100_000),
                        "0-1",
                        "0",
                        OptionalLong.of(50),
                        false,
                        List.of()));
        assertThat(group.resolve("memory.max")).hasContent("67108864");
        assertThat(group.resolve("memory.swap.max")).hasContent("33554432");
        assertThat(group.resolve("memory.low")).hasContent("33554432");
        assertThat(group.resolve("cpu.weight")).hasContent("59");
        assertThat(group.resolve("cpu.max")).hasContent("50000 100000");
        assertThat(group.resolve("cpuset.cpus")).hasContent("0-1");
        assertThat(group.resolve("cpuset.mems")).hasContent("0");
        assertThat(group.resolve("pids.max")).hasContent("50");
    }

    @Test
    void aLimitThatIsTakenBackIsWrittenAsMax() throws IOException {
        Path group = group(root.resolve("one"));
        OptionalLong none = OptionalLong.of(-1);
        OptionalLong asItIs = OptionalLong.empty();
        tree.open("/one")
                .apply(new CgroupLimits(none, none, none, asItIs, none, asItIs, "", "", none, false, List.of()));
        assertThat(group.resolve("memory.max")).hasContent("max");
        assertThat(group.resolve("memory.swap.max")).hasContent("max");
        assertThat(group.resolve("memory.low")).hasContent("0");
        assertThat(group.resolve("cpu.max")).hasContent("max");
        assertThat(group.resolve("pids.max")).hasContent("max");
    }

    @Test
    void aPeriodAloneKeepsTheQuota() throws IOException {
        Path group = group(root.resolve("one"));
        Files.writeString(group.resolve("cpu.max"), "20000 100000");
        OptionalLong asItIs = OptionalLong.empty();
        tree.open("/one")
                .apply(new CgroupLimits(
                        asItIs,
                        asItIs,
                        asItIs,
                        asItIs,
                        asItIs,
                        OptionalLong.of(50_000),
                        "",
                        "",
                        asItIs,
                        false,
                        List.of()));
        assertThat(group.resolve("cpu.max")).hasContent("20000 50000");
    }

    @Test
    void nothingIsWrittenWhereNothingIsAskedFor() throws IOException {
        Path group = group(root.resolve("one"));
        tree.open("/one").apply(CgroupLimits.NONE);
        assertThat(group.resolve("memory.max")).isEmptyFile();
        assertThat(group.resolve("pids.max")).isEmptyFile();
    }

    @Test
    void aLimitWithoutItsControllerIsAnErrorAndLeavesNoGroup() throws IOException {
        CgroupLimits limits = pids(50);
        Path group = group(root.resolve("one"));
        Files.writeString(group.resolve("cgroup.controllers"), "cpu memory");
        assertThatThrownBy(() -> tree.open("/one").apply(limits))
                .isInstanceOf(CgroupException.class)
                .hasMessageContaining("no pids controller")
                .hasMessageContaining("/one");
        assertThatThrownBy(() -> tree.create("/two", limits)).isInstanceOf(CgroupException.class);
        assertThat(root.resolve("two")).doesNotExist();
    }

    @Test
    void theOutOfMemoryKillerCannotBeTurnedOff() throws IOException {
        group(root.resolve("one"));
        OptionalLong asItIs = OptionalLong.empty();
        CgroupLimits limits =
                new CgroupLimits(asItIs, asItIs, asItIs, asItIs, asItIs, asItIs, "", "", asItIs, true, List.of());
        assertThatThrownBy(() -> tree.open("/one").apply(limits))
                .isInstanceOf(CgroupException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void theEngineMovesIntoALeafWhenItsOwnGroupMustBecomeAParent() throws IOException {
        Path own = group(root.resolve("daemon"));
        Files.writeString(own.resolve("cgroup.procs"), "17\n");
        Path leaf = group(own.resolve("berth-engine"));
        tree.create("/daemon/one", CgroupLimits.NONE);
        assertThat(leaf.resolve("cgroup.procs")).hasContent("17");
        assertThat(own.resolve("cgroup.subtree_control")).hasContent("+cpuset +cpu +io +memory +pids");
    }

    @Test
    void theEngineStaysWhereItIsWhenItsOwnGroupIsNoParent() throws IOException {
        Path own = group(root.resolve("daemon"));
        Files.writeString(own.resolve("cgroup.procs"), "17\n");
        group(root.resolve("berth"));
        tree.create("/berth/one", CgroupLimits.NONE);
        assertThat(own.resolve("berth-engine")).doesNotExist();
    }

    @Test
    void figuresAreReadInTheKernelsUnits() throws IOException {
        Path group = group(root.resolve("one"));
        Files.writeString(group.resolve("cpu.stat"), """
                usage_usec 3000
                user_usec 1000
                system_usec 2000
                nr_periods 7
                nr_throttled 5
                throttled_usec 11
                """);
        Files.writeString(group.resolve("memory.current"), "4096\n");
        Files.writeString(group.resolve("memory.peak"), "8192\n");
        Files.writeString(group.resolve("memory.max"), "max\n");
        Files.writeString(group.resolve("memory.stat"), "anon 1\ninactive_file 2048\n");
        Files.writeString(group.resolve("memory.events"), "low 0\noom 3\noom_kill 2\noom_group_kill 0\n");
        Files.writeString(group.resolve("pids.current"), "3\n");
        Files.writeString(group.resolve("pids.max"), "50\n");
        Files.writeString(group.resolve("io.stat"), "8:0 rbytes=10 wbytes=20 rios=1\n8:16 rbytes=1 wbytes=2 rios=1\n");
        Cgroup cgroup = tree.open("/one");
        assertThat(cgroup.stats())
                .isEqualTo(new CgroupStats(
                        new CgroupStats.Cpu(3_000_000, 1_000_000, 2_000_000, 7, 5, 11_000),
                        new CgroupStats.Memory(4096, 8192, 2048, OptionalLong.empty()),
                        new CgroupStats.Pids(3, OptionalLong.of(50)),
                        new CgroupStats.Io(List.of(
                                new CgroupStats.Io.Device(8, 0, 10, 20), new CgroupStats.Io.Device(8, 16, 1, 2)))));
        assertThat(cgroup.oomKills()).isEqualTo(2);
    }

    private static CgroupLimits pids(long pids) {
        OptionalLong asItIs = OptionalLong.empty();
        return new CgroupLimits(
                asItIs, asItIs, asItIs, asItIs, asItIs, asItIs, "", "", OptionalLong.of(pids), false, List.of());
    }

    /** The files that matter of a group with the usual controllers; the root has no {@code cgroup.type}. */
    private Path group(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("cgroup.controllers"), "cpuset cpu io memory pids\n");
        List<String> files = List.of(
                "cgroup.subtree_control",
                "cgroup.procs",
                "cpu.weight",
                "cpu.max",
                "cpuset.cpus",
                "cpuset.mems",
                "memory.max",
                "memory.low",
                "memory.swap.max",
                "pids.max");
        for (String file : files) {
            Files.createFile(directory.resolve(file));
        }
        if (!directory.equals(root)) {
            Files.writeString(directory.resolve("cgroup.type"), "domain\n");
        }
        return directory;
    }
}
