package dev.berth.api.route;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTest {
    @Test
    void minorsAreNumbersAndNoFractions() {
        assertThat(Version.parse("1.9").orElseThrow())
                .isLessThan(Version.parse("1.24").orElseThrow());
        assertThat(Version.parse("1.41").orElseThrow().atLeast(1, 42)).isFalse();
        assertThat(Version.parse("2.0").orElseThrow().atLeast(1, 42)).isTrue();
        assertThat(Version.parse("1.48")).contains(Version.NEWEST).hasToString("Optional[1.48]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.", ".1", "1.x", "1.-4", "1.24.1", "1.99999", "1.٤٧"})
    void anythingElseIsNone(String text) {
        assertThat(Version.parse(text)).isEmpty();
    }
}
