package dev.berth.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short soak; {@code soak/run} does a long one. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class SoakTest {
    @TempDir
    Path dir;

    @Test
    void sixteenClientsFindTheStateAsTheirModelSaysAndNothingIsLeftBehind() throws Exception {
        BusyboxTree.make(dir.resolve("tree"));
        Process tar = new ProcessBuilder(
                        "tar",
                        "-C",
                        dir.resolve("tree").toString(),
                        "-cf",
                        dir.resolve("tree.tar").toString(),
                        ".")
                .inheritIO()
                .start();
        assertThat(tar.waitFor()).isZero();
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.berth.daemon.Main");
        try (Daemon daemon = Daemon.start(command, dir.resolve("home"))) {
            List<String> failures = new Soak(
                            daemon,
                            Files.readAllBytes(dir.resolve("tree.tar")),
                            Long.getLong("soak.seed", System.nanoTime()),
                            16,
                            Duration.ofSeconds(Long.getLong("soak.seconds", 20)),
                            System.out)
                    .run();
            assertThat(failures).isEmpty();
        }
    }
}
