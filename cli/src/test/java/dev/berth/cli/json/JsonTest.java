package dev.berth.cli.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void whatIsReadIsWrittenTheSame() {
        String text = "{\"a\":[1,-2.5,true,null,\"x\\n\\\"\"],\"b\":{},\"c\":[],\"n\":9007199254740993}";
        assertThat(Json.text(Json.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\u00e9", "\uD83D\uDE00", "\n", "\\\"", "a\t\uD83D\uDE00\u0001"})
    void textsAreOfAnyLength(String unit) {
        for (int length : new int[] {1, 16_383, 16_384, 40_000, 500_000}) {
            String text = unit.repeat(length / unit.length() + 1);
            assertThat(Json.parse(Json.text(Map.of("a", text, "b", List.of(text, 1))))
                            .text("a"))
                    .isEqualTo(text);
        }
    }

    @Test
    void indentsAsInspectDoes() {
        assertThat(Json.indented(List.of(Json.of("Id", "x", "Empty", Map.of(), "List", List.of(1, 2)))))
                .isEqualTo("""
                        [
                            {
                                "Id": "x",
                                "Empty": {},
                                "List": [
                                    1,
                                    2
                                ]
                            }
                        ]""");
    }

    @Test
    void anIndentationOfItsOwnLeavesBlanksInATextAlone() {
        assertThat(Json.indented(Json.of("List", List.of("a    b")), "\t"))
                .isEqualTo("{\n\t\"List\": [\n\t\t\"a    b\"\n\t]\n}");
    }

    @Test
    void whatIsMissingIsEmpty() {
        Tree tree = Json.parse("{\"a\":{\"b\":[\"x\"]},\"n\":1e3}");
        assertThat(tree.texts("a", "b")).containsExactly("x");
        assertThat(tree.get("a", "c", "d").isMissing()).isTrue();
        assertThat(tree.text("a", "c")).isEmpty();
        assertThat(tree.number("n")).isEqualTo(1000);
        assertThat(tree.list("n")).isEmpty();
        assertThat(tree.map("n")).isEmpty();
        assertThat(tree.flag("n")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1,", "{\"a\"}", "nul", "{\"a\":1"})
    void whatIsNoJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nestingHasALimit() {
        assertThatThrownBy(() -> Json.parse("[".repeat(200) + "]".repeat(200)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("deep");
    }
}
