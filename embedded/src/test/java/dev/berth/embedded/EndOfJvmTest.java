package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of containers when their JVM ends with nobody having closed anything. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndOfJvmTest {
    @TempDir
    private Path directory;

    private BerthOptions options;
    private Optional<Process> started = Optional.empty();

    /** Another JVM with a container at work. */
    private record Other(Process jvm, ProcessHandle container, Path slot) {}

    @BeforeEach
    void makeTheImage() throws IOException {
        options = BerthOptions.DEFAULT.withCache(directory.resolve("cache"));
        try (Berth berth = Berth.start(options)) {
            Box.make(berth, directory);
        }
    }

    private Other start(String end) throws IOException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        EndingJvm.class.getName(),
                        options.cache().toString(),
                        end)
                .redirectError(directory.resolve("errors").toFile())
                .start();
        started = Optional.of(jvm);
        BufferedReader output = jvm.inputReader();
        String line = output.readLine();
        assertThat(line).as(Files.readString(directory.resolve("errors"))).isNotNull();
        String[] words = line.split(" ", 2);
        return new Other(
                jvm,
                ProcessHandle.of(Integer.parseInt(words[0])).orElseThrow(() -> new AssertionError("it has ended")),
                Path.of(words[1]));
    }

    @AfterEach
    void endTheOther() throws InterruptedException {
        if (started.isPresent() && started.get().isAlive()) {
            started.get().destroy(); // its shutdown hooks run
            started.get().waitFor();
        }
    }

    private static void end(Other other) throws InterruptedException {
        assertThat(other.jvm().waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void nothingIsLeftOfAJvmThatReturns() throws Exception {
        Other other = start("return");
        end(other);
        assertThat(other.container().isAlive()).isFalse();
        assertThat(other.jvm().exitValue()).isZero();
        assertThat(warnings())
                .containsExactly(
                        "WARNING: A restricted method in java.lang.foreign.Linker has been called",
                        "WARNING: Use --enable-native-access=ALL-UNNAMED to avoid a warning for callers in this module");
    }

    /** What a user sees on standard error who has not set the flag, but for the lines that name a class and promise the future. */
    private List<String> warnings() throws IOException {
        return Files.readAllLines(directory.resolve("errors")).stream()
                .filter(line ->
                        !line.isEmpty() && !line.contains(" has been called by ") && !line.contains("future release"))
                .toList();
    }

    @Test
    void nothingIsLeftOfAJvmThatEndsByAnException() throws Exception {
        Other other = start("throw");
        end(other);
        assertThat(other.container().isAlive()).isFalse();
        assertThat(other.jvm().exitValue()).isOne();
    }

    @Test
    void theNextEngineEndsWhatAKilledJvmHasLeft() throws Exception {
        Other other = start("wait");
        other.jvm().destroyForcibly();
        end(other);
        assertThat(other.container().isAlive()).isTrue();
        try (Berth next = Berth.start(options)) {
            assertThat(next.directory()).isEqualTo(other.slot());
            assertThat(other.container().isAlive()).isFalse();
            assertThat(next.containers().list()).isEmpty();
            assertThat(next.networks().list()).isEmpty();
            assertThat(next.volumes().list()).isEmpty();
        }
    }

    @Test
    void theNextEngineEndsAlsoWhatWasLeftInAnotherSlot() throws Exception {
        Other other;
        try (Berth first = Berth.start(options)) {
            other = moveToAnotherSlot(first);
            other.jvm().destroyForcibly();
            end(other);
            assertThat(other.container().isAlive()).isTrue();
        }
        try (Berth next = Berth.start(options)) {
            assertThat(next.directory()).isNotEqualTo(other.slot());
            assertThat(other.container().isAlive()).isFalse();
        }
    }

    /** A JVM's engine takes another slot while the first is held, and finds the image there all the same. */
    private Other moveToAnotherSlot(Berth first) throws IOException {
        Other other = start("wait");
        assertThat(other.slot()).isNotEqualTo(first.directory());
        return other;
    }

    @Test
    void anImageIsRemovedWhileAnotherJvmsContainerRunsOnItsLayers() throws Exception {
        Other other;
        try (Berth first = Berth.start(options)) {
            other = moveToAnotherSlot(first);
            first.images().remove(Box.IMAGE);
            assertThat(first.images().find(Box.IMAGE))
                    .as("what it has removed itself")
                    .isEmpty();
            Path root = Path.of("/proc", Long.toString(other.container().pid()), "root");
            assertThat(Files.size(root.resolve("bin/busybox"))).isPositive();
        }
        try (Berth next = Berth.start(options);
                Container container = next.run(Box.shell("echo found in the other slot"))) {
            assertThat(container.awaitExit(Duration.ofSeconds(20))).isZero();
            assertThat(other.container().isAlive()).isTrue();
        }
    }
}
