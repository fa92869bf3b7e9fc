package dev.berth.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown to newcomers compiles: it is what {@link Examples} has. */
class ShownExamplesTest {
    private static final Path MAIN = Path.of("src/main/java/dev/berth/embedded");

    @ParameterizedTest
    @CsvSource({"readme, ../README.md", "Berth, Berth.java", "package-info, package-info.java"})
    void anExampleIsTheCompiledOne(String example, String file) throws IOException {
        String shown = words(Files.readString(file.endsWith(".md") ? Path.of(file) : MAIN.resolve(file)));
        assertThat(shown).contains(words(compiled(example)));
    }

    private static String compiled(String example) throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/berth/embedded/Examples.java"));
        String begin = "// begin " + example + "\n";
        return source.substring(source.indexOf(begin) + begin.length(), source.indexOf("// end " + example + "\n"));
    }

    /** Without what a page and a comment put between: white space, and the stars at the front of a comment's lines. */
    private static String words(String text) {
        return text.replaceAll("(?m)^ \\*", "").replaceAll("\\s+", "");
    }
}
