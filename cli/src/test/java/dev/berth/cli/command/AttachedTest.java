package dev.berth.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachedTest {
    private static final String FRAMES =
            "0100000000000002" + "6869" + "0200000000000001" + "21" + "0100000000000000" + "0100000000000001" + "0a";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private void copy(String hex) throws IOException {
        Attached.copyFrames(
                new ByteArrayInputStream(HexFormat.of().parseHex(hex)), new PrintStream(out), new PrintStream(err));
    }

    @Test
    void framesGoToTheirStreams() throws IOException {
        copy(FRAMES);
        assertThat(out).hasToString("hi\n");
        assertThat(err).hasToString("!");
    }

    @Test
    void aStreamThatIsNotWantedIsPassedOver() throws IOException {
        Attached.copyFrames(new ByteArrayInputStream(HexFormat.of().parseHex(FRAMES)), null, new PrintStream(err));
        assertThat(err).hasToString("!");
    }

    @ParameterizedTest
    @ValueSource(strings = {"01", "0100000000000002", "010000000000000268", "01000000ffffffff", "4854545000000001"})
    void whatIsNoFrameIsAFailure(String hex) {
        assertThatThrownBy(() -> copy(hex)).isInstanceOf(IOException.class).hasMessageStartingWith("the daemon");
    }
}
