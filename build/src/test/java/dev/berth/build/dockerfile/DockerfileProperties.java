package dev.berth.build.dockerfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.build.dockerfile.Instruction.OnBuild;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DockerfileProperties {
    private static final Map<String, String> SET = Map.of("a", "value", "b", "", "c", "x/y.z x");

    @Property
    void anyTextIsReadOrRefusedAsADockerfile(@ForAll String source) {
        tryAll(source);
    }

    @Property
    void anyLinesOfTheLanguageAreReadOrRefused(@ForAll("files") String source) {
        tryAll(source);
    }

    @Property
    void anyTextIsExpandedOrRefused(@ForAll("words") String text) {
        for (Expansion expansion :
                List.of(Expansion.of('\\'), Expansion.of('`'), Expansion.ofDocuments(), Expansion.ofRawWords())) {
            try {
                expansion.expand(text, DockerfileProperties::lookup);
            } catch (LanguageException e) {
                assertThat(e.reason()).isNotEmpty();
            }
        }
    }

    @Property
    void aTextWithoutSignsExpandsToItself(@ForAll("plain") String text) {
        assertThat(Expansion.of('\\').expand(text, DockerfileProperties::lookup).text())
                .isEqualTo(text);
    }

    @Property
    void aQuotedTextExpandsToItself(@ForAll String text) {
        String quoted = "'" + text.replace("'", "'\\''") + "'";
        assertThat(Expansion.of('\\')
                        .expand(quoted, DockerfileProperties::lookup)
                        .text())
                .isEqualTo(text);
    }

    /** Java's expressions go back and forth, so that they may take long; what they find must be the same. */
    @Property
    void aPatternCutsWhatAnExpressionFinds(@ForAll("patterns") String pattern, @ForAll("values") String value) {
        String expression = pattern.replace("*", ".*").replace('?', '.');
        ShellPattern shell = ShellPattern.of(pattern, new Effort());
        assertThat(shell.withoutPrefix(value, false)).isEqualTo(shortest(expression, value));
        assertThat(shell.withoutPrefix(value, true)).isEqualTo(longest(expression, value));
        assertThat(shell.withoutSuffix(value, false)).isEqualTo(shortestAtEnd(expression, value));
    }

    @Property
    void aPatternReplacesWhatAnExpressionFinds(@ForAll("patterns") String pattern, @ForAll("values") String value) {
        Assume.that(pattern.chars().anyMatch(c -> c != '*'));
        Pattern expression = Pattern.compile(pattern.replace("*", ".*").replace('?', '.'));
        ShellPattern shell = ShellPattern.of(pattern, new Effort());
        assertThat(shell.replace(value, "-", true))
                .isEqualTo(expression.matcher(value).replaceAll("-"));
        assertThat(shell.replace(value, "-", false))
                .isEqualTo(expression.matcher(value).replaceFirst("-"));
    }

    @Property
    void anArrayIsReadAsItWasWritten(@ForAll List<String> words) {
        String array = words.stream().map(DockerfileProperties::json).collect(Collectors.joining(", ", "[", "]"));
        List<String> expected =
                words.stream().map(DockerfileProperties::wellFormed).toList();
        assertThat(JsonWords.read(array)).contains(expected);
    }

    @Property
    void aTriggerIsReadAgainAsItWas(@ForAll("triggers") String trigger) {
        Dockerfile file = Dockerfile.parse("FROM scratch\nONBUILD " + trigger, "Dockerfile");
        OnBuild onBuild = (OnBuild) file.stages().getFirst().instructions().getFirst();
        Instruction again = file.trigger(onBuild.expression(), file.stages().getFirst());
        assertThat(withoutPlace(again)).isEqualTo(withoutPlace(onBuild.trigger()));
    }

    private static String withoutPlace(Instruction instruction) {
        return Rendering.of(instruction).replaceAll(" @[0-9-]+$", "");
    }

    private static String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            json.append(c < ' ' || c == '"' || c == '\\' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
        }
        return json.append('"').toString();
    }

    /** Halves of a pair of surrogates alone are no signs. */
    private static String wellFormed(String text) {
        return text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xfffd : c)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    private static String shortest(String expression, String value) {
        for (int end = 0; end <= value.length(); end++) {
            if (Pattern.matches(expression, value.substring(0, end))) {
                return value.substring(end);
            }
        }
        return value;
    }

    private static String longest(String expression, String value) {
        for (int end = value.length(); end >= 0; end--) {
            if (Pattern.matches(expression, value.substring(0, end))) {
                return value.substring(end);
            }
        }
        return value;
    }

    private static String shortestAtEnd(String expression, String value) {
        for (int start = value.length(); start >= 0; start--) {
            if (Pattern.matches(expression, value.substring(start))) {
                return value.substring(0, start);
            }
        }
        return value;
    }

    private static Optional<String> lookup(String name) {
        return Optional.ofNullable(SET.get(name));
    }

    static void tryAll(String source) {
        try {
            Dockerfile file = Dockerfile.parse(source, "Dockerfile");
            for (Stage stage : file.stages()) {
                assertThat(stage.location().first())
                        .isBetween(1, stage.location().last());
            }
            CorpusTest.result("applied", source);
        } catch (DockerfileException e) {
            assertThat(e.getMessage()).isNotEmpty();
            assertThat(e.location().first()).isPositive();
        }
    }

    @Provide
    Arbitrary<String> files() {
        Arbitrary<String> pieces = Arbitraries.of(
                "FROM scratch\n",
                "FROM a AS b\n",
                "RUN ",
                "COPY ",
                "ADD ",
                "ENV ",
                "ARG ",
                "LABEL ",
                "EXPOSE ",
                "ONBUILD ",
                "HEALTHCHECK ",
                "CMD ",
                "SHELL ",
                "VOLUME ",
                "# escape=`\n",
                "# check=skip=all\n",
                "#",
                "\\\n",
                "`\n",
                "\n",
                "\r\n",
                " ",
                "\t",
                "--mount=",
                "--from=",
                "--link",
                "type=cache,",
                "target=/x",
                "<<EOF",
                "<<-'E F'",
                "EOF\n",
                "[\"a\"",
                ",",
                "]",
                "\"",
                "'",
                "\\",
                "$a",
                "${b:-",
                "${c//",
                "}",
                "/",
                "=",
                "a",
                "80/tcp",
                "é",
                "\u0000",
                "NONE",
                "--interval=1s");
        return pieces.list().ofMinSize(1).ofMaxSize(40).map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<String> triggers() {
        return Arbitraries.of(
                "RUN make $x && a \\\n  b",
                "RUN <<EOF\n#!/bin/sh\nx\n\n# y\nEOF\n",
                "RUN cat <<A <<-'B'\n1\nA\n\t2\n\tB\n",
                "COPY --chown=a:b [\"a b\", \"c\"]",
                "COPY <<x /y\n$z\nx\n",
                "ENV a=b c=\"d e\"",
                "CMD [\"a\"]",
                "EXPOSE 80 81/udp",
                "HEALTHCHECK --interval=1s CMD x");
    }

    @Provide
    Arbitrary<String> words() {
        return Arbitraries.of(
                        "$", "{", "}", "a", "b", "c", "d", ":", "-", "+", "?", "#", "##", "%", "%%", "/", "//", "\\",
                        "`", "\"", "'", " ", "*", "<", "<<", "1", "é", "😀", "${a", "${c", "\n")
                .list()
                .ofMaxSize(30)
                .map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<String> plain() {
        return Arbitraries.strings().withChars("abcé /.-_=:{}#%日").ofMaxLength(30);
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings().withChars("ab*?").ofMaxLength(6);
    }

    @Provide
    Arbitrary<String> values() {
        return Arbitraries.strings().withChars("ab").ofMaxLength(8);
    }
}
