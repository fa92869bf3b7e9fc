package dev.berth.api.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTimeTest {
    @ParameterizedTest
    @CsvSource({
        "-5, Less than a second",
        "0, Less than a second",
        "1, 1 second",
        "59, 59 seconds",
        "60, About a minute",
        "3599, 59 minutes",
        "3600, About an hour",
        "5400, 2 hours",
        "172799, 2 days",
        "1209600, 2 weeks",
        "5184000, 2 months",
        "63072000, 2 years"
    })
    void durationsAreInDockersWords(long seconds, String words) {
        assertThat(HumanTime.of(Duration.ofSeconds(seconds))).isEqualTo(words);
    }
}
