package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;

/**
 * A container that outlives whoever started it. With a daemon, also this JVM, and the next run finds it; an engine in the JVM
 * ends it with the JVM.
 */
class ReuseTest {
    private static GenericContainer<?> kept() {
        return Web.container().withLabel("dev.berth.example", "kept").withReuse(true);
    }

    @Test
    @SuppressWarnings("resource") // that nobody closes them is the point
    void theSecondThatAsksGetsWhatTheFirstHasStarted() throws IOException {
        GenericContainer<?> first = kept();
        first.start();
        GenericContainer<?> second = kept();
        second.start();
        System.out.println("kept: " + second.getContainerId());
        assertThat(second.getContainerId()).isEqualTo(first.getContainerId());
        assertThat(Web.get(second)).isEqualTo(Web.PAGE);
    }
}
