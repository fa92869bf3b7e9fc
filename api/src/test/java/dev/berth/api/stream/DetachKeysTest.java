package dev.berth.api.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.error.EngineException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
    private static final String P = "\u0010";
    private static final String Q = "\u0011";

    private final AtomicBoolean detached = new AtomicBoolean();

    private String type(DetachKeys keys, String text) {
        return new String(
                keys.filter(text.getBytes(StandardCharsets.ISO_8859_1), () -> detached.set(true)),
                StandardCharsets.ISO_8859_1);
    }

    @Test
    void theDefaultEndsInOnePieceOrInTwo() {
        assertThat(type(new DetachKeys(""), "ls" + P + Q + "more")).isEqualTo("ls");
        assertThat(detached).isTrue();
        detached.set(false);
        DetachKeys keys = new DetachKeys("");
        assertThat(type(keys, "a" + P)).isEqualTo("a");
        assertThat(detached).isFalse();
        assertThat(type(keys, Q)).isEmpty();
        assertThat(detached).isTrue();
    }

    @Test
    void whatOnlyBeganAsTheKeysIsPassedOn() {
        DetachKeys keys = new DetachKeys("");
        assertThat(type(keys, P)).isEmpty();
        assertThat(type(keys, "x")).isEqualTo(P + "x");
        assertThat(type(keys, P + P)).isEqualTo(P);
        assertThat(type(keys, Q)).isEmpty();
        assertThat(detached).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"'a,b', ab", "ctrl-@, '\u0000'", "ctrl-[, '\u001b'", "CTRL-A, '\u0001'", "ctrl-_, '\u001f'"})
    void othersMayBeAskedFor(String text, String typed) {
        assertThat(type(new DetachKeys(text), typed)).isEmpty();
        assertThat(detached).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "ctrl-", "ctrl-1", "ctrl-pq", "shift-a", "ctrl-p,,ctrl-q", "é"})
    void othersThatNobodyCanTypeAreRefused(String text) {
        assertThatThrownBy(() -> new DetachKeys(text))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("Invalid escape keys (");
    }
}
