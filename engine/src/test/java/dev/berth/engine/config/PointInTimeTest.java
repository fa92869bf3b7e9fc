package dev.berth.engine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointInTimeTest {
    @ParameterizedTest
    @CsvSource({
        "1700000000, 2023-11-14T22:13:20Z",
        "1700000000.25, 2023-11-14T22:13:20.250Z",
        "2023-11-14T22:13:20Z, 2023-11-14T22:13:20Z",
        "2023-11-14T22:13:20.5+01:00, 2023-11-14T21:13:20.500Z"
    })
    void aTimeIsReadInEachOfItsForms(String text, Instant time) {
        assertThat(PointInTime.parse("until", text)).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({"90m, PT90M", "1h30m, PT90M", "1.5h, PT90M", "250ms, PT0.25S", "0s, PT0S"})
    void aDurationIsCountedBackFromNow(String text, Duration duration) {
        Instant before = Instant.now();
        Instant parsed = PointInTime.parse("until", text);
        assertThat(parsed.plus(duration)).isBetween(before, Instant.now());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2023-11-14", "2023-11-14T00:00:00"})
    void whatHasNoZoneIsMeantHere(String text) {
        assertThat(PointInTime.parse("until", text))
                .isEqualTo(LocalDate.of(2023, 11, 14)
                        .atStartOfDay(ZoneId.systemDefault())
                        .toInstant());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "10 m",
                "2023-13-01",
                "-5m",
                "99999999999999999h",
                "3000000h",
                "99999999999",
                "1d"
            })
    void whatIsNoTimeIsRefusedByName(String text) {
        assertThatThrownBy(() -> PointInTime.parse("until", text))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("invalid filter 'until=" + text + "'");
    }
}
