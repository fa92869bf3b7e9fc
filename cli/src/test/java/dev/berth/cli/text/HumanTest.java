package dev.berth.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "999, 999B",
        "1000, 1kB",
        "1500, 1.5kB",
        "117234567, 117MB",
        "99949999, 99.9MB",
        "1610612736, 1.61GB",
        "9223372036854775807, 9223PB"
    })
    void sizesHaveThreeDigits(long bytes, String text) {
        assertThat(Human.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0B", "1024, 1KiB", "1536, 1.5KiB", "67108864, 64MiB", "25159942144, 23.43GiB"})
    void binarySizesHaveFour(long bytes, String text) {
        assertThat(Human.binarySize(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "-5, Less than a second",
        "0, Less than a second",
        "1, 1 second",
        "59, 59 seconds",
        "60, About a minute",
        "120, 2 minutes",
        "3599, 59 minutes",
        "3600, About an hour",
        "5400, 2 hours",
        "172799, 2 days",
        "1209600, 2 weeks",
        "5184000, 2 months",
        "63072000, 2 years"
    })
    void durationsAreInDockersWords(long seconds, String words) {
        assertThat(Human.duration(Duration.ofSeconds(seconds))).isEqualTo(words);
    }

    @Test
    void idsAreShortened() {
        assertThat(Human.shortId("sha256:0123456789abcdef")).isEqualTo("0123456789ab");
        assertThat(Human.shortId("0123")).isEqualTo("0123");
        assertThat(Human.ellipsis("a long command", 6)).isEqualTo("a lon…");
        assertThat(Human.ellipsis("short", 6)).isEqualTo("short");
    }
}
