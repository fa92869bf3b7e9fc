package dev.berth.api.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressBarTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, ''",
        "512, 0, '    512B'",
        "1, 2, '[=========================>                         ]       1B/2B'",
        "0, 100, '[>                                                  ]       0B/100B'",
        "100, 100, '[==================================================>]     100B/100B'",
        "1234567, 98765432, '[>                                                  ]  1.235MB/98.77MB'",
        "50000, 25000, '[==================================================>]     50kB'",
        "9223372036854775, 9223372036854775807, '[>                                                  ]  9.223PB/9223PB'"
    })
    void aTransferIsShownAsDockerShowsIt(long current, long total, String text) {
        assertThat(ProgressBar.of(current, total)).isEqualTo(text);
    }
}
