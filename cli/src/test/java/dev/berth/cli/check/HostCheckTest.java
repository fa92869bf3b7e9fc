package dev.berth.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.cli.check.Finding.Verdict;
import dev.berth.linux.nftables.ForwardDrop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over trees of files that stand for hosts; the system calls are the running kernel's. */
class HostCheckTest {
    @TempDir
    Path root;

    @BeforeEach
    void aHostThatCanDoAll() throws IOException {
        for (String kind : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup", "user")) {
            write("/proc/self/ns/" + kind, "");
        }
        write("/proc/sys/kernel/osrelease", "6.1.0\n");
        write("/proc/sys/kernel/pid_max", "4194304\n");
        write("/proc/sys/kernel/seccomp/actions_avail", "kill_process\n");
        write("/proc/sys/user/max_user_namespaces", "15000\n");
        write("/proc/sys/net/ipv4/ip_forward", "1\n");
        write("/proc/filesystems", "nodev\ttmpfs\nnodev\toverlay\n");
        write("/proc/self/status", "Name:\tx\nCapEff:\t000001ffffffffff\n");
        write("/proc/self/limits", "Max open files            1024                 1048576              files\n");
        write("/proc/meminfo", "MemAvailable:    8000000 kB\n");
        write("/proc/swaps", "Filename\n");
        write("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
    }

    private void write(String path, String text) throws IOException {
        Path file = root.resolve(path.substring(1));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Finding finding(String name) {
        return HostCheck.ofTree(root, root).stream()
                .filter(finding -> finding.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aChainThatDropsWhatIsForwardedIsAWarningWithTheCommandsThatLetContainersThrough() {
        ForwardDrop ufw = new ForwardDrop("ip", "filter", "FORWARD", Set.of("docker0"));
        assertThat(HostCheck.ofTree(root, root, ufw))
                .filteredOn(finding -> finding.name().equals("packet filter"))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.verdict()).isEqualTo(Verdict.WARNING);
                    assertThat(finding.found()).startsWith("nftables chain ip filter FORWARD drops what is forwarded");
                    assertThat(finding.mend()).startsWith("iptables -I FORWARD -i berth0 -j ACCEPT; ");
                });
    }

    @Test
    void aHostThatCanDoAllLacksNothing() {
        assertThat(HostCheck.ofTree(root, root))
                .allMatch(finding -> List.of(Verdict.OK, Verdict.NOTE).contains(finding.verdict())
                        || List.of("disk", "data root").contains(finding.name())
                        || finding.name().startsWith("system call"));
    }

    @Test
    void whatNoContainerRunsWithoutIsMissingAndSaysHowToMendIt() throws IOException {
        write("/proc/filesystems", "nodev\ttmpfs\n");
        write("/proc/self/status", "CapEff:\t0000000000000000\n");
        write("/proc/sys/user/max_user_namespaces", "0\n");
        Files.delete(root.resolve("proc/self/ns/pid"));
        Files.delete(root.resolve("sys/fs/cgroup/cgroup.controllers"));
        for (String name : List.of("overlayfs", "rights", "namespaces", "control groups")) {
            assertThat(finding(name).verdict()).as(name).isEqualTo(Verdict.MISSING);
            assertThat(finding(name).mend()).as(name).isNotEmpty();
        }
    }

    @Test
    void anOrdinaryUserIsToldWhatIsMissedWithoutRoot() throws IOException {
        write("/proc/self/status", "CapEff:\t0000000000000000\n");
        assertThat(finding("rights").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("rights").found()).contains("user namespace", "without limits");
        write("/proc/sys/kernel/unprivileged_userns_clone", "0\n");
        assertThat(finding("rights").verdict()).isEqualTo(Verdict.MISSING);
    }

    @Test
    void anOrdinaryUserIsToldHowManyUsersThereAreOrHowToHaveMore() throws IOException {
        write("/proc/self/status", "CapEff:\t0000000000000000\n");
        String user = Files.getOwner(Path.of("/proc/self")).getName();
        assertThat(finding("users").mend()).contains("/etc/subuid", "usermod", user);
        for (String file : List.of("/etc/subuid", "/etc/subgid")) {
            write(file, "other:1:1\n" + user + ":100000:65536\n" + user + ":300000:10\n");
        }
        assertThat(finding("users").mend()).contains("newuidmap", "apt-get install uidmap");
        for (String program : List.of("newuidmap", "newgidmap")) {
            write("/usr/bin/" + program, "");
        }
        assertThat(finding("users")).isEqualTo(Finding.ok("users", "root and 65546 more"));
    }

    @Test
    void aControllerThatIsNotThereIsAWarningWithWhatIsMissed() throws IOException {
        write("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory\n");
        assertThat(finding("controller pids").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("controller pids").found()).contains("--pids-limit");
    }

    @Test
    void hierarchiesOfTheFirstVersionAreReadFromTheMounts() throws IOException {
        Files.delete(root.resolve("sys/fs/cgroup/cgroup.controllers"));
        write("/proc/self/mountinfo", """
                30 20 0:26 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
                31 20 0:27 / /sys/fs/cgroup/cpu rw,nosuid - cgroup cgroup rw,cpu,cpuacct
                32 20 0:28 / /sys/fs/cgroup/pids rw,nosuid - cgroup cgroup rw,pids
                """);
        assertThat(finding("control groups").found()).isEqualTo("v1: memory cpu cpuacct pids");
        assertThat(finding("controller devices").verdict()).isEqualTo(Verdict.MISSING);
        assertThat(finding("controller freezer").verdict()).isEqualTo(Verdict.WARNING);
        assertThat(finding("swap accounting").mend()).contains("swapaccount=1");
    }

    @Test
    void fewOpenFilesAreAWarning() throws IOException {
        write("/proc/self/limits", "Max open files            1024                 1024                 files\n");
        assertThat(finding("open files").verdict()).isEqualTo(Verdict.WARNING);
    }
}
