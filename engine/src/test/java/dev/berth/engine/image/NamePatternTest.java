package dev.berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "debian, debian, true",
        "deb*, debian:12, true",
        "*, localhost:5000/x, false",
        "*/*, localhost:5000/x, true",
        "debian:1?, debian:12, true",
        "debian:1?, debian:1, false",
        "debian:[0-9]*, debian:12, true",
        "debian:[^0-9]*, debian:12, false",
        "debian:[^0-9]*, debian:sid, true",
        "a[/]b, a/b, false",
        "a.b, axb, false",
        "a+, aa, false",
        "'\\*', *, true"
    })
    void aPatternMatchesAsGosPathMatch(String pattern, String name, boolean matches) {
        assertThat(NamePattern.of(pattern).matches(name)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[a", "[", "a\\", "[]", "[z-a]", "[a-]", "[-a]"})
    void aPatternThatIsNoneIsRefused(String pattern) {
        assertThatThrownBy(() -> NamePattern.of(pattern))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("syntax error in pattern");
    }

    @Test
    void whatRegularExpressionsKnowMoreIsTakenAsItIs() {
        assertThat(NamePattern.of("[a&&b]").matches("&")).isTrue();
        assertThat(NamePattern.of("[[a]").matches("[")).isTrue();
        assertThat(NamePattern.of("\\d").matches("d")).isTrue();
    }
}
