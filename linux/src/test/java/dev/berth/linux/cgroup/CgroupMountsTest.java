package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMountsTest {
    @TempDir
    Path proc;

    @Test
    void aHybridHostHasControllersOnV1AndAHierarchyBeside() throws IOException {
        CgroupMounts mounts = read("""
                31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
                32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
                34 31 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,release_agent=/lib/agent,name=systemd
                36 31 0:33 / /sys/fs/cgroup/my\\040memory rw - cgroup cgroup rw,memory
                37 31 0:33 / /elsewhere rw - cgroup cgroup rw,memory
                41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
                """, """
                1:cpu,cpuacct:/
                0::/system.slice/berth.service
                """);
        assertThat(mounts.v1())
                .containsExactly(
                        new CgroupMounts.V1(Set.of("cpu", "cpuacct"), Path.of("/sys/fs/cgroup/cpu,cpuacct")),
                        new CgroupMounts.V1(Set.of(), Path.of("/sys/fs/cgroup/systemd")),
                        new CgroupMounts.V1(Set.of("memory"), Path.of("/sys/fs/cgroup/my memory")));
        assertThat(mounts.unified())
                .contains(new CgroupMounts.Unified(
                        Path.of("/sys/fs/cgroup/unified"),
                        Path.of("/sys/fs/cgroup/unified/system.slice/berth.service")));
    }

    @Test
    void ourOwnGroupIsFoundBelowAMountOfOnlyAPart() throws IOException {
        String cgroup = "0::/docker/abc/inner\n";
        assertThat(read("1 0 0:38 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n", cgroup)
                        .unified())
                .contains(new CgroupMounts.Unified(Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/inner")));
        assertThat(read("1 0 0:38 /other /sys/fs/cgroup rw - cgroup2 cgroup rw\n", cgroup)
                        .unified())
                .contains(new CgroupMounts.Unified(Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup")));
    }

    private CgroupMounts read(String mountinfo, String cgroup) throws IOException {
        Files.writeString(proc.resolve("mountinfo"), mountinfo);
        Files.writeString(proc.resolve("cgroup"), cgroup);
        return CgroupMounts.read(proc);
    }
}
