package dev.berth.linux.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupDirectoryTest {
    @TempDir
    Path dir;

    /** kill(2) with 0 would end the engine and all of its process group. */
    @Test
    void aProcessThatIsJustEndingHasNoNumberToBeKilledBy() throws IOException {
        Files.writeString(dir.resolve("cgroup.procs"), "17\n0\n18\n");
        Path inner = Files.createDirectory(dir.resolve("inner"));
        Files.writeString(inner.resolve("cgroup.procs"), "0\n19\n");
        assertThat(new CgroupDirectory(dir).pids("cgroup.procs")).containsExactlyInAnyOrder(17, 18, 19);
    }

    @Test
    void aFileThatTheKernelDoesNotHaveIsNamedInTheError() {
        assertThatThrownBy(() -> new CgroupDirectory(dir).write("memory.max", "7"))
                .isInstanceOf(CgroupException.class)
                .hasMessage("cannot write \"7\" to " + dir + "/memory.max: this kernel has no such file");
    }
}
