package dev.berth.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataRootLockTest {
    @TempDir
    private Path root;

    @Test
    void aSecondEngineOfTheSameProcessIsToldWhoHasIt() {
        try (DataRootLock held = DataRootLock.take(root)) {
            assertThat(held).isNotNull();
            assertThatThrownBy(() -> DataRootLock.take(root))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("(process " + ProcessHandle.current().pid() + ")");
        }
    }

    @Test
    void whatASecondEngineOfTheSameProcessTriesDoesNotLetAnotherProcessIn() throws IOException {
        try (DataRootLock held = DataRootLock.take(root)) {
            assertThat(held).isNotNull();
            assertThat(isLocked()).isTrue();
            assertThatThrownBy(() -> DataRootLock.take(root)).isInstanceOf(EngineException.class);
            assertThat(isLocked()).isTrue();
        }
        assertThat(isLocked()).isFalse();
    }

    @Test
    void aLockThatWasGivenBackCanBeTakenAgain() {
        DataRootLock first = DataRootLock.take(root);
        first.close();
        first.close();
        DataRootLock.take(root).close();
    }

    /** Whether the kernel knows of a lock on the file: {@code /proc/locks} of proc(5). */
    private boolean isLocked() throws IOException {
        String inode = ":" + Files.getAttribute(root.resolve("lock"), "unix:ino") + " ";
        String holder = " " + ProcessHandle.current().pid() + " ";
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .anyMatch(line -> line.contains(inode) && line.contains(holder));
    }
}
