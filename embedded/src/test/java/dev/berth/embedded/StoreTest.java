package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users are told whose folder of images cannot be written to. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StoreTest {
    @TempDir
    private Path directory;

    private Path store() {
        return directory.resolve("store");
    }

    private BerthOptions options() {
        return BerthOptions.DEFAULT.withCache(store().resolve("cache"));
    }

    private void mount(String options) throws IOException, InterruptedException {
        Files.createDirectories(store());
        run("mount", "-t", "tmpfs", "-o", options, "none", store().toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        run("umount", store().toString());
    }

    @Test
    void aReadOnlyStoreIsNamed() throws Exception {
        mount("ro");
        BerthException failure = catchThrowableOfType(BerthException.class, () -> Berth.start(options()));
        assertThat(failure)
                .hasMessageContaining(store().resolve("cache").toString())
                .hasMessageContaining("ead-only file system")
                .message()
                .hasLineCount(1);
        assertThat(failure.kind()).isEqualTo(BerthException.Kind.FORBIDDEN);
    }

    @Test
    void aFullStoreIsToldAndTheEngineGoesOnWithWhatIsThere() throws Exception {
        mount("size=12m");
        try (Berth berth = Berth.start(options())) {
            Box.make(berth, directory);
            Path filler = store().resolve("filler");
            assertThat(new ProcessBuilder("dd", "if=/dev/zero", "of=" + filler, "bs=64k")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor())
                    .isNotZero();
            BerthException failure =
                    catchThrowableOfType(BerthException.class, () -> berth.run(Box.shell("echo not reached")));
            assertThat(failure).hasMessageContaining("o space left on device");
            assertThat(failure.kind()).isEqualTo(BerthException.Kind.NO_SPACE);
            assertThat(berth.containers().list()).isEmpty();
            assertThat(berth.images().find(Box.IMAGE)).isPresent();
            Files.delete(filler);
            try (Container container = berth.run(Box.shell("echo here"))) {
                assertThat(container.awaitExit(java.time.Duration.ofSeconds(20)))
                        .isZero();
            }
        }
    }

    @Test
    void anImageThatFindsNoRoomLeavesNothing() throws Exception {
        mount("size=1m");
        try (Berth berth = Berth.start(options())) {
            BerthException failure = catchThrowableOfType(BerthException.class, () -> Box.make(berth, directory));
            assertThat(failure.kind()).isEqualTo(BerthException.Kind.NO_SPACE);
            assertThat(berth.images().find(Box.IMAGE)).isEmpty();
        }
    }
}
