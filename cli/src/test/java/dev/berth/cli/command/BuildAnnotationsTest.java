package dev.berth.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import dev.berth.cli.output.Output;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BuildAnnotationsTest {
    private static final BuildOutputs PUSHED =
            new BuildOutputs(List.of(new Output.Store(List.of(), true)), List.of("a"));

    private static Map<String, String> read(String... flags) {
        return BuildAnnotations.of(List.of(flags), PUSHED).attributes();
    }

    @Test
    void aPlaceAndAPlatformMayBeInFrontOfTheKey() {
        assertThat(read("a.b=c=d", "index,manifest[linux/arm64/v8]:who=me", "manifest-descriptor:x="))
                .isEqualTo(Map.of(
                        "annotation.a.b", "c=d",
                        "annotation-index.who", "me",
                        "annotation-manifest[linux/arm64/v8].who", "me",
                        "annotation-manifest-descriptor.x", ""));
        assertThat(BuildAnnotations.of(List.of("a=b"), PUSHED).query())
                .isEqualTo("&annotations=%7B%22annotation.a%22%3A%22b%22%7D");
        assertThat(BuildAnnotations.of(List.of(), PUSHED).query()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "=b", "layer:a=b", "index[linux:a=b", "index:=b", "a b=c"})
    void whatMakesNoSenseIsRefused(String flag) {
        assertThatThrownBy(() -> read(flag)).isInstanceOf(CliException.class).hasMessageContaining("annotation");
    }

    @Test
    void anImageThatGoesNowhereThatHasAnnotationsIsRefused() {
        for (Output output : List.of(new Output.Store(List.of(), false), Output.parse("type=local,dest=x"))) {
            BuildOutputs outputs = new BuildOutputs(List.of(output, Output.parse("type=oci,dest=y")), List.of());
            assertThatThrownBy(() -> BuildAnnotations.of(List.of("a=b"), outputs))
                    .hasMessageContaining("annotations are of images that are pushed or written as a layout");
            assertThat(BuildAnnotations.of(List.of(), outputs).isEmpty()).isTrue();
        }
    }
}
