package dev.berth.image.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.avaje.json.stream.JsonStream;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongTextsTest {
    private final JsonType<Object> any =
            Jsonb.builder().adapter(LongTexts.stream()).build().type(Object.class);

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00e9", "\uD83D\uDE00", "\n", "\\\"", "a\t\uD83D\uDE00\u0001", "{\"[,\\"})
    void aTextIsReadAsItWasWritten(String unit) {
        for (int length : new int[] {0, 1, 16_383, 16_384, 32_767, 32_769, 50_000, 600_000}) {
            String text = unit.repeat(length / unit.length());
            Object tree = Map.of("a", List.of(text, text), "b", text);
            assertThat(any.fromJson(any.toJson(tree))).as("%d", length).isEqualTo(tree);
        }
    }

    @Test
    void blanksEscapesAndNullsAroundAndInALongTextAreWhatTheyAre() {
        String long1 = "y".repeat(40_000);
        String json = "{ \"a\" : \"" + long1
                + "\\u00e9\\/\\uD83D\\uDE00\" ,\n\"n\" : null , \"s\":[ \"p\" ,\"\" ] , \"t\":true}";
        assertThat(any.fromJson(json)).isInstanceOfSatisfying(Map.class, map -> {
            assertThat(map.get("a")).isEqualTo(long1 + "\u00e9/\uD83D\uDE00");
            assertThat(map).containsKey("n");
            assertThat(map.get("n")).isNull();
            assertThat(map.get("s")).isEqualTo(List.of("p", ""));
            assertThat(map.get("t")).isEqualTo(true);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\x\"}", "\\u12\"}", "\\u12g4\"}", "\\", "", "\"", "\"]"})
    void whatIsNoJsonBehindALongTextIsRefused(String end) {
        byte[] json = ("{\"a\":\"" + "y".repeat(40_000) + end).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> JsonObject.parse(json, "it"))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("not well-formed");
    }

    /** The bound that this is for: where the library loses it, so can we. */
    @Test
    void theLibraryByItselfRefusesLongTexts() {
        String json = any.toJson(new TreeMap<>(Map.of("a", "y".repeat(40_000))));
        assertThatThrownBy(() -> Jsonb.builder()
                        .adapter(JsonStream.builder().build())
                        .build()
                        .type(Object.class)
                        .fromJson(json))
                .hasMessageContaining("Maximum string buffer limit exceeded");
    }
}
