package dev.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;

class ModeTest {
    @Test
    void nothingSaidMeansAFallback() {
        assertThat(Mode.parse("")).isEqualTo(Mode.FALLBACK);
        assertThat(Mode.parse("fallback")).isEqualTo(Mode.FALLBACK);
        assertThat(Mode.parse("always")).isEqualTo(Mode.ALWAYS);
        assertThat(Mode.parse("off")).isEqualTo(Mode.OFF);
    }

    @Test
    void anotherWordIsToldWhatIsExpected() {
        assertThatThrownBy(() -> Mode.parse("sometimes"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"sometimes\": always, fallback or off is expected");
    }

    @Test
    void testcontainersFindsTheProviderAndTriesItLast() {
        assertThat(ServiceLoader.load(DockerClientProviderStrategy.class))
                .filteredOn(BerthClientProviderStrategy.class::isInstance)
                .singleElement()
                .satisfies(strategy -> {
                    BerthClientProviderStrategy berth = (BerthClientProviderStrategy) strategy;
                    assertThat(berth.isApplicable()).isTrue();
                    assertThat(berth.getPriority()).isEqualTo(Integer.MIN_VALUE);
                    assertThat(berth.isPersistable()).isFalse();
                });
    }
}
