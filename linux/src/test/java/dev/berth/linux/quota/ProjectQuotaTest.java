package dev.berth.linux.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.file.Directory;
import dev.berth.linux.quota.ProjectQuota.Accounting;
import dev.berth.linux.quota.ProjectQuota.Usage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How the calls' structures are laid out. What the kernel makes of them is tried where it has quotas. */
class ProjectQuotaTest {
    @Test
    void aLimitIsOfAProjectsBlocksAloneAndRoundedUp() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment quota = ProjectQuota.limit(arena, 0x01020304, 1025);
            assertThat(quota.asSlice(0, 16).toArray(ValueLayout.JAVA_BYTE))
                    .containsExactly(1, 2, 8, 0, 4, 3, 2, 1, 3, 0, 0, 0, 0, 0, 0, 0);
            assertThat(quota.asSlice(16).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
            assertThat(quota.byteSize()).isEqualTo(112);
        }
    }

    @Test
    void whatAProjectHasIsReadInBytes() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment quota = ProjectQuota.limit(arena, 1, 1 << 20);
            quota.set(ValueLayout.JAVA_LONG, 40, 8);
            quota.set(ValueLayout.JAVA_LONG, 48, 3);
            assertThat(ProjectQuota.usage(quota)).isEqualTo(new Usage(4096, 3, 1 << 20));
        }
    }

    @Test
    void aFileSystemThatIsNoDisksCountsNoProjects() {
        try (Directory proc = Directory.open(Path.of("/proc"))) {
            assertThat(new ProjectQuota(proc).accounting()).isEqualTo(Accounting.NONE);
        }
    }

    @Test
    void whoCannotBeLimitedIsToldWhatToDo() {
        Path root = Path.of("/data");
        assertThat(Hindrance.of(root, "xfs", Accounting.ENFORCED)).isEmpty();
        assertThat(Hindrance.of(root, "ext4", Accounting.COUNTED))
                .hasToString(
                        "Optional[/data is on ext4, which counts what projects take and limits nothing: mount it with 'prjquota']");
        assertThat(Hindrance.of(root, "xfs", Accounting.NONE).orElseThrow().mend())
                .contains("'prjquota'");
        assertThat(Hindrance.of(root, "ext4", Accounting.NONE).orElseThrow().mend())
                .contains("tune2fs");
        assertThat(Hindrance.of(root, "tmpfs", Accounting.NONE))
                .hasToString("Optional[/data is on tmpfs, which has no project quotas here: use xfs or ext4]");
    }
}
