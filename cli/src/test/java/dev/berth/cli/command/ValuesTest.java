package dev.berth.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1024, 1024",
        "64m, 67108864",
        "64M, 67108864",
        "64MB, 67108864",
        "64MiB, 67108864",
        "1.5g, 1610612736",
        "2k, 2048",
        "10b, 10",
        "1t, 1099511627776"
    })
    void sizes(String text, long bytes) {
        assertThat(Values.bytes(text, "memory")).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "12x", "1 2", "0x10", "9999999999999t"})
    void noSizes(String text) {
        assertThatThrownBy(() -> Values.bytes(text, "memory"))
                .isInstanceOf(CliException.class)
                .hasMessageStartingWith("invalid argument \"" + text + "\" for \"--memory\" flag");
    }

    @ParameterizedTest
    @CsvSource({"30s, 30000000000", "1m30s, 90000000000", "1.5h, 5400000000000", "10ms, 10000000", "5us, 5000"})
    void durations(String text, long nanos) {
        assertThat(Values.nanos(text, "health-interval")).isEqualTo(nanos);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "30", "s", "1m30", "1x", "soon"})
    void noDurations(String text) {
        assertThatThrownBy(() -> Values.nanos(text, "health-interval")).isInstanceOf(CliException.class);
    }

    @Test
    void processors() {
        assertThat(Values.nanoCpus("1.5")).isEqualTo(1_500_000_000);
        assertThatThrownBy(() -> Values.nanoCpus("two")).isInstanceOf(CliException.class);
    }

    @Test
    void variablesComeFromFilesThenFlagsAndFromOurs(@TempDir Path dir) throws IOException {
        Path file = Files.writeString(dir.resolve("env"), "# a comment\n\nA=1\n  B=2\nPATH\nNOT_SET_ANYWHERE\n");
        assertThat(Values.environment(List.of(file.toString()), List.of("C=3")))
                .containsExactly("A=1", "B=2", "PATH=" + System.getenv("PATH"), "C=3");
        assertThatThrownBy(() -> Values.environment(List.of(dir + "/missing"), List.of()))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("missing: no such file or directory");
    }
}
