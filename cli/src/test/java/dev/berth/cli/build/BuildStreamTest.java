package dev.berth.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildStreamTest {
    private static final String BUILT = """
            {"stream":"Step 1/1 : FROM scratch\\n"}
            {"aux":{"ID":"sha256:00aa"}}
            {"stream":"Successfully built 00aa\\n"}
            """;
    private static final String FAILED = """
            {"stream":"Step 1/1 : RUN false\\n"}
            {"errorDetail":{"message":"it failed","code":7},"error":"it failed"}
            """;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private String show(String lines, BuildProgress.Mode mode) throws IOException {
        PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (BuildProgress progress = BuildProgress.of(mode, err)) {
            return BuildStream.show(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)), progress)
                    .id();
        }
    }

    private String err() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void plainlyItIsShownAsItComes() throws Exception {
        assertThat(show(BUILT, BuildProgress.Mode.PLAIN)).isEqualTo("sha256:00aa");
        assertThat(err()).isEqualTo("Step 1/1 : FROM scratch\nSuccessfully built 00aa\n");
    }

    @Test
    void aFailureHasTheExitCodeOfWhatFailed() {
        assertThatThrownBy(() -> show(FAILED, BuildProgress.Mode.PLAIN))
                .isInstanceOf(CliException.class)
                .hasMessage("it failed")
                .extracting(e -> ((CliException) e).exitCode())
                .isEqualTo(7);
        assertThat(err()).isEqualTo("Step 1/1 : RUN false\n");
    }

    @Test
    void quietlyNothingIsShownUnlessItFails() throws Exception {
        assertThat(show("{\"stream\":\"sha256:00aa\\n\"}\n", BuildProgress.Mode.QUIET))
                .isEqualTo("sha256:00aa");
        assertThat(err()).isEmpty();
        assertThatThrownBy(() -> show(FAILED, BuildProgress.Mode.QUIET)).hasMessage("it failed");
        assertThat(err()).isEqualTo("Step 1/1 : RUN false\n");
    }

    @Test
    void programsGetTheLinesThemselves() throws Exception {
        show(BUILT, BuildProgress.Mode.RAW);
        assertThat(err()).isEqualTo(BUILT);
    }

    @Test
    void anAnswerThatEndsTooSoonIsNoSuccess() {
        assertThatThrownBy(() -> show("{\"stream\":\"Step 1/2 : FROM x\\n\"}\n", BuildProgress.Mode.PLAIN))
                .isInstanceOf(IOException.class)
                .hasMessage("the daemon ended its answer before the build's end");
    }

    @ParameterizedTest
    @CsvSource({
        "auto, true, TERMINAL",
        "auto, false, PLAIN",
        "plain, true, PLAIN",
        "tty, true, TERMINAL",
        "quiet, true, QUIET",
        "rawjson, false, RAW"
    })
    void howItIsShownIsAskedFor(String word, boolean terminal, BuildProgress.Mode mode) {
        assertThat(BuildProgress.Mode.of(word, terminal)).isEqualTo(mode);
    }

    @Test
    void whatCannotBeShownIsRefused() {
        assertThatThrownBy(() -> BuildProgress.Mode.of("tty", false))
                .hasMessage("--progress tty: standard error is not a terminal");
        assertThatThrownBy(() -> BuildProgress.Mode.of("loud", true))
                .hasMessage("invalid progress mode \"loud\": it is auto, plain, tty, quiet or rawjson");
    }
}
