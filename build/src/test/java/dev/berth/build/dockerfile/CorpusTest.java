package dev.berth.build.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.build.context.IgnoreFile;
import dev.berth.build.dockerfile.Instruction.Run;
import dev.berth.image.oci.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The language, a feature a snippet: what a text says, what becomes of it in a build, and what is said of it. */
class CorpusTest {
    private static final List<String> FILES = List.of(
            "directives",
            "lines",
            "from",
            "arg",
            "env",
            "expansion",
            "run",
            "mount",
            "heredoc",
            "copy",
            "add",
            "config",
            "healthcheck",
            "onbuild",
            "errors",
            "checks");

    /** What was given with {@code --build-arg} in all of them. */
    private static final BuildArguments GIVEN = new BuildArguments(Map.of("GIVEN", "given", "http_proxy", "http://p"));

    private static final BuildPlatforms PLATFORMS =
            new BuildPlatforms(new Platform("linux", "amd64", ""), new Platform("linux", "arm", "v7"));

    static Stream<Snippet> snippets() {
        return FILES.stream().flatMap(file -> Snippet.read(file).stream());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("snippets")
    void aSnippetMeansWhatIsWrittenBesideIt(Snippet snippet) {
        assertThat(snippet.expected()).isNotEmpty();
        snippet.expected()
                .forEach((kind, expected) ->
                        assertThat(result(kind, snippet.source())).as(kind).isEqualTo(expected));
    }

    @Test
    void thereAreAtLeastAHundredAndFiftyAndNoTwoOfOneName() {
        assertThat(snippets().map(Snippet::name))
                .hasSizeGreaterThanOrEqualTo(150)
                .doesNotHaveDuplicates();
    }

    static String result(String kind, String source) {
        return switch (kind) {
            case "parsed" -> Rendering.of(Dockerfile.parse(source, "Dockerfile"));
            case "applied" -> applied(Dockerfile.parse(source, "Dockerfile"));
            case "checks" -> checks(Dockerfile.parse(source, "Dockerfile"));
            case "error" -> error(source);
            default -> throw new IllegalArgumentException("no result " + kind);
        };
    }

    /** The last stage as it is built, upon an image or upon the stages before it. */
    private static String applied(Dockerfile file) {
        GlobalVariables globals = GlobalVariables.of(file, GIVEN, PLATFORMS, Optional.empty());
        StringBuilder text = new StringBuilder();
        Variables variables = walk(file, file.stages().getLast(), globals, text);
        text.append("environment ").append(variables.environment()).append('\n');
        if (!variables.arguments().isEmpty()) {
            text.append("arguments ").append(variables.arguments()).append('\n');
        }
        return text.toString().strip();
    }

    private static Variables walk(Dockerfile file, Stage stage, GlobalVariables globals, StringBuilder text) {
        String base = globals.base(stage);
        Optional<Stage> below = file.stageBefore(stage, base);
        Variables variables = below.isPresent()
                ? walk(file, below.get(), globals, new StringBuilder()).next()
                : globals.upon(List.of("PATH=/bin", "OF_BASE=base"));
        text.append("FROM ").append(base);
        globals.platform(stage).ifPresent(platform -> text.append(" platform=").append(platform));
        text.append('\n');
        for (Instruction instruction : stage.instructions()) {
            Instruction applied = variables.apply(instruction);
            text.append("  ").append(Rendering.of(applied));
            if (applied instanceof Run run) {
                run.mounts().forEach(mount -> text.append("\n    ").append(mount.read()));
            }
            if (!variables.undefined().isEmpty()) {
                text.append(" undefined=")
                        .append(variables.undefined().stream().sorted().toList());
            }
            text.append('\n');
        }
        return variables;
    }

    private static String checks(Dockerfile file) {
        CheckContext context = new CheckContext(
                GIVEN,
                PLATFORMS,
                Optional.empty(),
                true,
                IgnoreFile.parse("secret\n**/*.tmp\n"),
                (reference, platform) -> CheckContext.Base.EMPTY);
        CheckReport report;
        try {
            report = Checks.of(file, context);
        } catch (DockerfileException e) {
            return "error: " + e.getMessage();
        }
        String warnings = report.warnings().stream().map(CheckWarning::brief).collect(Collectors.joining("\n"));
        return (warnings
                        + report.failure().map(failure -> "\nfails: " + failure).orElse("")
                        + report.error()
                                .map(error -> "\nerror: " + error.getMessage())
                                .orElse(""))
                .strip();
    }

    private static String error(String source) {
        try {
            return "no error: " + applied(Dockerfile.parse(source, "Dockerfile"));
        } catch (DockerfileException e) {
            return e.getMessage() + "\n" + e.location();
        }
    }
}
