package dev.berth.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.lifecycle.Startables;

class ParallelTest {
    private static final int MANY = 8;

    private static Instant started(GenericContainer<?> container) {
        return Instant.parse(container.getCurrentContainerInfo().getState().getStartedAt());
    }

    @Test
    void manyContainersStartAtOnceAndAfterThoseThatTheyNeed() throws IOException {
        List<GenericContainer<?>> many =
                Stream.<GenericContainer<?>>generate(Web::container).limit(MANY).toList();
        try (GenericContainer<?> last = Web.container().dependsOn(many)) {
            Startables.deepStart(last).join();
            for (GenericContainer<?> one : many) {
                assertThat(Web.get(one)).isEqualTo(Web.PAGE);
                assertThat(started(one)).isBefore(started(last));
            }
        } finally {
            many.forEach(GenericContainer::stop);
        }
    }
}
