package dev.berth.build.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.Limits;
import dev.berth.build.context.IgnoreFile;
import dev.berth.build.dockerfile.Instruction.Expose;
import dev.berth.build.dockerfile.Instruction.Run;
import dev.berth.image.oci.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DockerfileTest {
    @Test
    void anErrorShowsItsLinesWithThoseAroundThem() {
        String source = "FROM a\n\n# hello\nRUN x\nRUNN y\nUSER z\nUSER q\nUSER r\n";
        DockerfileException error = refusal(source);
        assertThat(error.excerpt()).isEqualTo("""
                        some/Dockerfile:5
                        --------------------
                           3 |     # hello
                           4 |     RUN x
                           5 | >>> RUNN y
                           6 |     USER z
                           7 |     USER q
                        --------------------
                        """);
        assertThat(error.name()).isEqualTo("some/Dockerfile");
    }

    @Test
    void anErrorInSeveralLinesMarksThemAll() {
        assertThat(refusal("FROM a\nUSER b\nCOPY \\\n  x\nUSER c\nUSER d\n").excerpt())
                .isEqualTo("""
                        some/Dockerfile:3
                        --------------------
                           2 |     USER b
                           3 | >>> COPY \\
                           4 | >>>   x
                           5 |     USER c
                        --------------------
                        """);
    }

    @Test
    void anErrorAtTheEdgeOfTheFileShowsWhatThereIs() {
        assertThat(refusal("FROMM a").excerpt()).isEqualTo("""
                        some/Dockerfile:1
                        --------------------
                           1 | >>> FROMM a
                        --------------------
                        """);
    }

    @Test
    void aStageIsFoundByNameInAnyCaseAndByNumber() {
        Dockerfile file = Dockerfile.parse("FROM a AS one\nFROM b\nFROM c AS One\n", "Dockerfile");
        assertThat(file.stage("ONE").map(Stage::index)).contains(2);
        assertThat(file.stage("0").map(Stage::index)).contains(0);
        assertThat(file.stage("3")).isEmpty();
        assertThat(file.stage("two")).isEmpty();
        assertThat(file.stageBefore(file.stages().getLast(), "one").map(Stage::index))
                .contains(0);
        assertThat(file.stageBefore(file.stages().getFirst(), "one")).isEmpty();
    }

    @Test
    void aStageIsDescribedByTheCommentAboveIt() {
        Dockerfile file = Dockerfile.parse("# one makes it\nFROM a AS one\nFROM b\n", "Dockerfile");
        assertThat(file.stages().getFirst().description()).isEqualTo("makes it");
        assertThat(file.stages().getLast().description()).isEmpty();
    }

    @Test
    void aCommandWithDocumentsIsGivenToTheShellAsItStood() {
        Run run = (Run) Dockerfile.parse("FROM a\nRUN cat <<A >x && cat <<-B\n1\nA\n\t2\n\tB\n", "Dockerfile")
                .stages()
                .getFirst()
                .instructions()
                .getFirst();
        assertThat(((CommandLine.Shell) run.command()).script()).isEqualTo("cat <<A >x && cat <<-B\n1\nA\n\t2\nB");
    }

    @Test
    void aScriptIsGivenToTheShellWithoutTheTabsThatDoNotBelongToIt() {
        Run run = (Run) Dockerfile.parse("FROM a\nRUN <<-EOF\n\techo a\n\t\techo b\n\tEOF\n", "Dockerfile")
                .stages()
                .getFirst()
                .instructions()
                .getFirst();
        assertThat(((CommandLine.Script) run.command()).document().stripped()).isEqualTo("echo a\necho b\n");
    }

    @Test
    void portsAreExposedEachOnce() {
        Expose expose =
                (Expose) Dockerfile.parse("FROM a\nEXPOSE 80 80/tcp 8080:81 9000-9001/UDP [::1]:5:82\n", "Dockerfile")
                        .stages()
                        .getFirst()
                        .instructions()
                        .getFirst();
        assertThat(ExposedPorts.of(expose.ports()))
                .containsExactlyInAnyOrder("80/tcp", "81/tcp", "82/tcp", "9000/udp", "9001/udp");
    }

    @Test
    void proxiesAreThereInBothCases() {
        assertThat(new BuildArguments(Map.of("http_proxy", "p", "OTHER", "o")).proxies())
                .isEqualTo(Map.of("HTTP_PROXY", "p", "http_proxy", "p"));
    }

    @Test
    void anImageWithoutAPathGetsTheUsualOne() {
        Dockerfile file = Dockerfile.parse("FROM a\n", "Dockerfile");
        GlobalVariables globals =
                GlobalVariables.of(file, BuildArguments.NONE, BuildPlatforms.of(Platform.host()), Optional.empty());
        assertThat(globals.upon(List.of("A=b")).environment())
                .containsExactly("A=b", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    }

    @Test
    void whatATriggerOfTheBaseTakesIsUsed() {
        Dockerfile file = Dockerfile.parse("FROM a AS unneeded\nARG C\nFROM b\n", "Dockerfile");
        BuildArguments given = new BuildArguments(Map.of("A", "1", "B", "2", "C", "3", "NO_PROXY", "4"));
        CheckReport report = Checks.of(
                file,
                new CheckContext(
                        given,
                        BuildPlatforms.of(Platform.host()),
                        Optional.empty(),
                        false,
                        IgnoreFile.NONE,
                        (reference, platform) ->
                                new CheckContext.Base(List.of(), false, List.of("ARG A"), Optional.empty())));
        assertThat(report.unused()).containsExactly("B", "C");
    }

    @Test
    void aBaseForAnotherPlatformThanTheOneThatIsWantedIsToldOf() {
        Dockerfile file = Dockerfile.parse("FROM a AS one\nFROM --platform=$TARGETPLATFORM b\n", "Dockerfile");
        Map<String, Platform> platforms =
                Map.of("a", new Platform("linux", "x86_64", ""), "b", new Platform("linux", "arm64", "v8"));
        CheckReport report = Checks.of(
                file,
                new CheckContext(
                        BuildArguments.NONE,
                        BuildPlatforms.of(new Platform("linux", "amd64", "")),
                        Optional.empty(),
                        true,
                        IgnoreFile.NONE,
                        (reference, platform) -> new CheckContext.Base(
                                List.of(), false, List.of(), Optional.ofNullable(platforms.get(reference)))));
        assertThat(report.warnings())
                .extracting(CheckWarning::brief)
                .contains("InvalidBaseImagePlatform: Base image b was pulled with platform \"linux/arm64/v8\","
                        + " expected \"linux/amd64\" for current build (line 2)")
                .noneMatch(warning -> warning.contains("Base image a "));
        assertThat(CheckRule.INVALID_BASE_IMAGE_PLATFORM.url()).isEmpty();
    }

    @Test
    void aTriggerThatMakesNoSenseIsToldOfWhereTheBaseIs() {
        Dockerfile file = Dockerfile.parse("FROM a\n", "Dockerfile");
        Stage stage = file.stages().getFirst();
        assertThatThrownBy(() -> file.trigger("RUNN x", stage))
                .isInstanceOfSatisfying(
                        DockerfileException.class, e -> assertThat(e.location()).isEqualTo(stage.location()))
                .hasMessage("in an ONBUILD trigger of the base: unknown instruction: RUNN (did you mean RUN?)");
        assertThatThrownBy(() -> file.trigger("RUN x\nRUN y", stage))
                .hasMessage("in an ONBUILD trigger of the base: it should be a single instruction");
    }

    @Test
    void whatIsTooMuchIsRefused() {
        assertThat(refusal("#".repeat(Limits.DOCKERFILE_CHARS + 1)).reason()).contains("longer than");
        assertThat(refusal("FROM a\n" + "USER b\n".repeat(Limits.INSTRUCTIONS)).reason())
                .contains("instructions");
        assertThat(refusal("FROM a\nRUN " + "<<a ".repeat(Limits.HEREDOCS + 1) + "\n" + "a\n".repeat(2_000))
                        .reason())
                .contains("heredocs");
    }

    @Test
    void variablesThatGrowWithoutEndAreRefused() {
        String half = "x".repeat(Limits.EXPANDED_CHARS / 2);
        refuses("FROM a\nENV v=" + half + "\nLABEL a=$v b=$v c=$v\n", "becomes longer than");
        refuses("FROM a\nENV v=" + half + "\n" + copies("ENV w%d=$v\n"), "all variables together");
        refuses("ARG v=" + half + "\n" + copies("ARG w%d=$v\n") + "FROM a\n", "all variables together");
    }

    private static String copies(String line) {
        return IntStream.range(0, 2 * Limits.ENVIRONMENT_CHARS / Limits.EXPANDED_CHARS)
                .mapToObj(line::formatted)
                .collect(Collectors.joining());
    }

    @Test
    void patternsThatTakeForEverAreRefused() {
        String pattern = "${v##" + "*a".repeat(200) + "b}";
        refuses("FROM a\nENV v=" + "a".repeat(100_000) + "\nLABEL x=" + pattern + "\n", "too long to match");
        refuses(
                "FROM a\nENV v=" + "a".repeat(1_000) + "\nLABEL x=" + (pattern + "-").repeat(100) + "\n",
                "too long to match");
    }

    @Test
    void substitutionsDeepWithinEachOtherAreRefused() {
        refuses("FROM a\nUSER " + "${a:-".repeat(10_000) + "}".repeat(10_000) + "\n", "within each other");
    }

    @Test
    void portsWithoutEndAreRefused() {
        refuses("FROM a\nEXPOSE " + "0-65535 ".repeat(10) + "\n", "more than");
    }

    private static void refuses(String source, String reason) {
        Dockerfile file = Dockerfile.parse(source, "Dockerfile");
        assertThatThrownBy(() -> {
                    GlobalVariables globals = GlobalVariables.of(
                            file, BuildArguments.NONE, BuildPlatforms.of(Platform.host()), Optional.empty());
                    Variables variables = globals.upon(List.of());
                    file.stages().getLast().instructions().forEach(variables::apply);
                })
                .isInstanceOf(DockerfileException.class)
                .hasMessageContaining(reason);
    }

    private static DockerfileException refusal(String source) {
        try {
            Dockerfile.parse(source, "some/Dockerfile");
        } catch (DockerfileException e) {
            return e;
        }
        throw new AssertionError("it was not refused");
    }
}
