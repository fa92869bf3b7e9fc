package dev.berth.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.flag.Flags;
import dev.berth.cli.output.Output;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildOutputsTest {
    private static final Output STORE = new Output.Store(List.of(), false);

    private static BuildOutputs outputs(String... words) {
        return BuildOutputs.of(Flags.parse(BuildFlags.ALL, List.of(words), true));
    }

    @Test
    void whereNothingIsSaidItIsTheStore() {
        assertThat(outputs().all()).containsExactly(STORE);
        assertThat(outputs("--load").all()).containsExactly(STORE);
        assertThat(outputs("-o", "type=docker").all()).containsExactly(STORE);
        assertThat(outputs("-o", "type=image", "--load").all()).containsExactly(STORE);
    }

    @Test
    void aFolderOrADashIsEnoughForFiles() {
        assertThat(outputs("-o", "out/dir").all())
                .containsExactly(new Output.Files(Optional.of(Path.of("out/dir")), true, Optional.empty()));
        assertThat(outputs("-o", "-").all())
                .containsExactly(new Output.Files(Optional.empty(), false, Optional.empty()));
        assertThat(outputs("-o", "type=local,dest=x,platform-split=false").all())
                .containsExactly(new Output.Files(Optional.of(Path.of("x")), true, Optional.of(false)));
    }

    @Test
    void archivesHaveNamesAndPlaces() {
        assertThat(outputs("-o", "type=oci,dest=a.tar,\"name=a,b:1\"").all())
                .containsExactly(new Output.Layout(List.of("a", "b:1"), Optional.of(Path.of("a.tar")), false));
        assertThat(outputs("-o", "type=docker,dest=-").all())
                .containsExactly(new Output.Layout(List.of(), Optional.empty(), false));
        assertThat(outputs("-o", "type=oci,tar=false,dest=d").all())
                .containsExactly(new Output.Layout(List.of(), Optional.of(Path.of("d")), true));
    }

    @Test
    void namesAreGivenWhereTheImageStays() {
        assertThat(outputs("-t", "a", "-o", "x").names()).isEmpty();
        assertThat(outputs("-t", "a", "-o", "x").isKept()).isFalse();
        assertThat(outputs("-t", "a", "-o", "x", "--load").names()).containsExactly("a");
        assertThat(outputs("-t", "a", "-o", "type=image,name=b", "-o", "x").names())
                .containsExactly("a", "b");
    }

    @Test
    void whatIsPushedIsToHaveAName() {
        assertThat(outputs("-t", "a", "--push").isPushed()).isTrue();
        assertThat(outputs("-o", "type=registry,name=r/a").isPushed()).isTrue();
        assertThat(outputs("-o", "type=image,name=r/a,push=true").isPushed()).isTrue();
        assertThat(outputs("-o", "type=image,name=r/a").isPushed()).isFalse();
        assertThatThrownBy(() -> outputs("--push")).hasMessageStartingWith("tag is needed when pushing");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dest=x | type is required for output",
                "type=local | dest is required: it names the folder",
                "type=oci,tar=false | dest is required: it names the folder",
                "type=oci,tar=maybe,dest=x | tar is true or false, and not maybe",
                "type=image,x | \"x\" is not key=value",
                "type=image,dest=x | type=image has no dest here",
                "type=cacheonly | type \"cacheonly\" is not supported: it is image, registry, oci, docker, local or tar",
                "type=image,compression=zstd | compression=zstd is not supported: layers are kept as plain archives",
                "type=oci,\"name=a | a quote is not closed"
            })
    void whatMakesNoSenseIsRefused(String text, String why) {
        assertThatThrownBy(() -> outputs("--output=" + text)).hasMessage("invalid output \"" + text + "\": " + why);
    }

    @Test
    void standardOutputIsForOneAlone() {
        assertThatThrownBy(() -> outputs("-o", "-", "-o", "type=oci"))
                .hasMessage("multiple outputs to standard output: only one can have it");
    }
}
