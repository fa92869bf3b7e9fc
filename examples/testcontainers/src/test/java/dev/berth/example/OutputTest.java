package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.output.ToStringConsumer;
import org.testcontainers.containers.output.WaitingConsumer;

/** What containers and the commands in them print. */
class OutputTest {
    @Test
    void isHeardByItsConsumers() throws TimeoutException {
        WaitingConsumer waiting = new WaitingConsumer();
        ToStringConsumer text = new ToStringConsumer();
        try (GenericContainer<?> talker = new GenericContainer<>(Images.BUSYBOX)
                .withCommand("sh", "-c", "echo one; echo two >&2; for i in $(seq 500); do echo line $i; done; sleep 1000")
                .withLogConsumer(waiting.andThen(text))) {
            talker.start();
            waiting.waitUntil(frame -> frame.getUtf8String().contains("line 500"), 20, TimeUnit.SECONDS);
            assertThat(text.toUtf8String()).startsWith("one\n").contains("two\n", "line 1\nline 2\nline 3\n");
            assertThat(talker.getLogs(OutputFrame.OutputType.STDERR)).isEqualTo("two\n");
        }
    }

    @Test
    void ofACommandIsGivenWithItsExitCode() throws IOException, InterruptedException {
        try (GenericContainer<?> container = new GenericContainer<>(Images.BUSYBOX)
                .withEnv("GREETING", "ahoy")
                .withCommand("sleep", "1000")) {
            container.start();
            ExecResult result = container.execInContainer("sh", "-c", "echo $GREETING; echo complaint >&2; exit 4");
            assertThat(result.getStdout()).isEqualTo("ahoy\n");
            assertThat(result.getStderr()).isEqualTo("complaint\n");
            assertThat(result.getExitCode()).isEqualTo(4);
        }
    }
}
