package dev.berth.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TransferDisplayTest {
    private static final String PULL = """
            {"status":"Pulling from library/debian","id":"12"}
            {"status":"Pulling fs layer","progressDetail":{},"id":"aaa"}
            {"status":"Downloading","progressDetail":{"current":25,"total":100},"id":"aaa"}
            {"status":"Downloading","progressDetail":{"current":50,"total":100},"id":"aaa"}
            {"status":"Pull complete","progressDetail":{},"id":"aaa"}
            {"status":"Digest: sha256:00"}
            """;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private String show(String lines, boolean terminal, boolean quiet) throws IOException {
        new TransferDisplay(new PrintStream(bytes, false, StandardCharsets.UTF_8), terminal, quiet)
                .show(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aFileGetsALineAChange() throws IOException {
        assertThat(show(PULL, false, false).lines())
                .containsExactly(
                        "12: Pulling from library/debian",
                        "aaa: Pulling fs layer",
                        "aaa: Pull complete",
                        "Digest: sha256:00");
    }

    @Test
    void aTerminalGetsABarInPlace() throws IOException {
        assertThat(show(PULL, true, false))
                .contains("aaa: Pulling fs layer\n")
                .contains("\033[1A\r\033[2Kaaa: Downloading [" + "=".repeat(24) + ">" + " ".repeat(25) + "]  50B/100B");
    }

    @Test
    void quietSaysNothing() throws IOException {
        assertThat(show(PULL, true, true)).isEmpty();
    }

    @Test
    void aFailureIsTheLastWord() {
        assertThatThrownBy(() ->
                        show("{\"errorDetail\":{\"message\":\"no space\"},\"error\":\"no space\"}\n", false, false))
                .isInstanceOf(CliException.class)
                .hasMessage("no space");
    }
}
