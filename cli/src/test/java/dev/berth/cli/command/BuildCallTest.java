package dev.berth.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildCallTest {
    private static final String WARNED = """
            {"Json": "{\\"warnings\\": [{}]}", "Text": "\\nWARNING: it\\n", "Error": "", "Status": 1}
            """;
    private static final String BROKEN = """
            {"Json": "{\\"warnings\\": [{}, {}]}", "Text": "\\nWARNING: it\\n", "Error": "it is broken\\n", "Status": 1}
            """;
    private static final String FINE = """
            {"Json": "{\\"warnings\\": null}", "Text": "", "Error": "", "Status": 0}
            """;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private static Optional<BuildCall> call(String... words) {
        return BuildCall.of(Flags.parse(BuildFlags.ALL, List.of(words), true));
    }

    private int show(BuildCall call, String answer) {
        Tree tree = Json.parse(answer);
        return call.show(tree, new PrintStream(shown, true, StandardCharsets.UTF_8));
    }

    private String shown() {
        return shown.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--check | lint | false | false",
                "--call check | lint | false | false",
                "--call lint,format=json | lint | true | false",
                "--call=check,ignorestatus=true | lint | false | true",
                "--call outline,format=text | outline | false | false",
                "--call targets --check | lint | false | false",
                "--call subrequests.describe | subrequests.describe | false | false"
            })
    void aCallIsReadAsBuildxReadsIt(String words, String name, boolean json, boolean ignoresStatus) {
        assertThat(call(words.split(" "))).contains(new BuildCall(name, json, ignoresStatus));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--check=false", "--call build", "--call ,"})
    void aBuildIsNoCall(String words) {
        assertThat(call(words.isEmpty() ? new String[0] : words.split(" "))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--call nonsense | nonsense is not one of build, check, outline, targets",
                "--call check,format=yaml | invalid print field: format=yaml",
                "--call check,outline | invalid print field: outline",
                "--check --push | --push cannot be used with --call and --check",
                "--call outline --iidfile x | --iidfile cannot be used with --call and --check"
            })
    void whatNobodyCanAnswerIsRefused(String words, String reason) {
        assertThatThrownBy(() -> call(words.split(" ")))
                .isInstanceOf(CliException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void warningsAreCountedAndMakeTheCommandFail() {
        assertThat(show(new BuildCall("lint", false, false), WARNED)).isEqualTo(1);
        assertThat(shown()).isEqualTo("Check complete, 1 warning has been found!\n\nWARNING: it\n");
        shown.reset();
        assertThat(show(new BuildCall("lint", false, true), WARNED)).isZero();
        shown.reset();
        assertThat(show(new BuildCall("lint", true, false), WARNED)).isEqualTo(1);
        assertThat(shown()).isEqualTo("{\"warnings\": [{}]}\n");
        shown.reset();
        assertThat(show(new BuildCall("lint", false, false), FINE)).isZero();
        assertThat(shown()).isEqualTo("Check complete, no warnings found.\n");
    }

    @Test
    void whatEndsABuildIsAnErrorBehindTheWarnings() {
        assertThatThrownBy(() -> show(new BuildCall("lint", false, true), BROKEN))
                .isInstanceOf(CliException.class)
                .hasMessage("it is broken");
        assertThat(shown()).isEqualTo("Check complete, 2 warnings have been found!\n\nWARNING: it\n\n");
    }
}
