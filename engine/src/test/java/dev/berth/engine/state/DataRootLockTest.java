package dev.berth.engine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
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

    /** As a process does that a killed engine was just starting. */
    @Test
    @Needs(Need.PYTHON)
    void aLockThatIsADeadEnginesForAMomentLongerIsWaitedFor() throws IOException, InterruptedException {
        Process holder = holding(Long.toString(aDeadProcess()), "0.5");
        DataRootLock.take(root).close();
        assertThat(holder.waitFor()).isZero();
    }

    @Test
    @Needs(Need.PYTHON)
    void aLockThatIsALivingEnginesIsNotWaitedFor() throws IOException, InterruptedException {
        Process holder = holding("1", "1000");
        try {
            assertThatThrownBy(() -> DataRootLock.take(root))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("(process 1)");
            assertThat(holder.isAlive()).isTrue();
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    private static long aDeadProcess() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        return process.pid();
    }

    /** Another process, which has the lock and says that this one had it. */
    private Process holding(String pid, String seconds) throws IOException {
        Process process = new ProcessBuilder("python3", "-c", """
                import fcntl, sys, time
                files = [open(sys.argv[1] + name, "w") for name in ("/lock.jvm", "/lock")]
                for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
                print(sys.argv[2], file=files[1], flush=True)
                print("held", flush=True)
                time.sleep(float(sys.argv[3]))
                """, root.toString(), pid, seconds)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(process.inputReader().readLine()).isEqualTo("held");
        return process;
    }

    /** Whether the kernel knows of a lock on the file: {@code /proc/locks} of proc(5). */
    private boolean isLocked() throws IOException {
        String inode = ":" + Files.getAttribute(root.resolve("lock"), "unix:ino") + " ";
        String holder = " " + ProcessHandle.current().pid() + " ";
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .anyMatch(line -> line.contains(inode) && line.contains(holder));
    }
}
