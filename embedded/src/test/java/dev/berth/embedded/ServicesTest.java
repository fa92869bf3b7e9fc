package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers that belong together. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ServicesTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private Berth berth;

    @BeforeAll
    void start(@TempDir Path dir) throws IOException {
        berth = Berth.start(BerthOptions.DEFAULT.withCache(dir.resolve("cache")));
        Box.make(berth, dir);
    }

    @AfterAll
    void stop() {
        berth.close();
    }

    private static ServiceSpec up(String name) {
        return ServiceSpec.of(name, Box.shell("echo up; sleep 1000")).awaitLine("up", SOON);
    }

    @Test
    void eachIsFoundByItsNameAndAllEndTogether() {
        try (Services services = Services.start(berth, up("first"), up("second"))) {
            assertThat(services.containers()).containsOnlyKeys("first", "second");
            assertThat(services.container("second").exec("ping", "-c1", "first").exitCode())
                    .isZero();
            assertThatThrownBy(() -> services.container("third"))
                    .hasMessage("no service is called third; there are [first, second]");
        }
        nothingIsThere();
    }

    @Test
    void whereOneDoesNotBecomeReadyNoneStays() {
        ServiceSpec deaf = ServiceSpec.of("deaf", Box.shell("echo nobody listens; sleep 1000"))
                .awaitLine("listens", SOON)
                .awaitPort(80, Duration.ofMillis(100));
        assertThatThrownBy(() -> Services.start(berth, up("first"), deaf))
                .isInstanceOf(WaitException.class)
                .hasMessageContaining("of container deaf-")
                .hasMessageEndingWith("nobody listens");
        nothingIsThere();
    }

    @Test
    void oneNameForTwoIsRefused() {
        assertThatThrownBy(() -> Services.start(berth, up("same"), up("same")))
                .hasMessage("two services are called same");
        nothingIsThere();
    }

    private void nothingIsThere() {
        assertThat(berth.containers().list()).isEmpty();
        assertThat(berth.networks().list()).isEmpty();
    }
}
