package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.images.builder.ImageFromDockerfile;

/** Each of the ways in which Testcontainers waits for a container. */
class WaitingTest {
    private static void isServedAfter(WaitStrategy strategy) throws IOException {
        try (GenericContainer<?> web = Web.container().waitingFor(strategy)) {
            web.start();
            assertThat(Web.get(web)).isEqualTo(Web.PAGE);
        }
    }

    @Test
    void forAPort() throws IOException {
        isServedAfter(Wait.forListeningPort());
    }

    @Test
    void forAnAnswerOverHttp() throws IOException {
        isServedAfter(Wait.forHttp("/index.html").forStatusCode(200).forResponsePredicate(Web.PAGE.strip()::equals));
    }

    @Test
    void forALineOfTheLog() {
        try (GenericContainer<?> web = Web.container().waitingFor(Wait.forLogMessage(".*serving.*", 1))) {
            web.start();
            assertThat(web.getLogs()).isEqualTo("serving\n");
        }
    }

    @Test
    void forACommandThatEndsWell() throws IOException {
        isServedAfter(Wait.forSuccessfulCommand("wget -q -O- http://127.0.0.1:8080/ | grep -q ahoy"));
    }

    @Test
    void forItsHealth() {
        ImageFromDockerfile image = new ImageFromDockerfile().withFileFromString("Dockerfile", """
                FROM busybox:1.36
                HEALTHCHECK --interval=100ms CMD test -e /up
                CMD sleep 0.3; touch /up; sleep 1000
                """);
        try (GenericContainer<?> container = new GenericContainer<>(image).waitingFor(Wait.forHealthcheck())) {
            container.start();
            assertThat(container.isHealthy()).isTrue();
        }
    }

    @Test
    void forItsEnd() {
        try (GenericContainer<?> once = new GenericContainer<>(Images.BUSYBOX)
                .withCommand("echo", "done")
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(Duration.ofSeconds(20)))) {
            once.start();
            assertThat(once.getLogs()).isEqualTo("done\n");
        }
    }

    @Test
    void inVainIsToldInTime() {
        try (GenericContainer<?> silent = new GenericContainer<>(Images.BUSYBOX)
                .withCommand("sleep", "1000")
                .waitingFor(Wait.forLogMessage("never", 1).withStartupTimeout(Duration.ofSeconds(1)))) {
            assertThatThrownBy(silent::start)
                    .isInstanceOf(ContainerLaunchException.class)
                    .hasRootCauseMessage("Timed out waiting for log output matching 'never'");
        }
    }
}
