package dev.berth.build.dockerfile;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a Dockerfile holds, it is read and expanded, or refused. In the ordinary run the corpus and some thousand mutants of it
 * are tried; with {@code JAZZER_FUZZ=1} Jazzer goes on from there by itself.
 */
class DockerfileFuzzTest {
    private static final int MUTANTS = 5;
    private static final long SEED = 20_261_126;
    private static final String SIGNS = "$${}{}\"'\\`<<-EOF\n\n\r\t #=:,[]/%?+*@0aé";

    @MethodSource("files")
    @FuzzTest(maxDuration = "2m")
    void anyDockerfileIsReadOrRefused(byte[] file) {
        String source = new String(file, StandardCharsets.UTF_8);
        DockerfileProperties.tryAll(source);
        try {
            CorpusTest.result("checks", source);
        } catch (DockerfileException e) {
            // refused, which tryAll has looked at
        }
    }

    static Stream<Arguments> files() {
        return CorpusTest.snippets()
                .flatMap(snippet -> IntStream.range(0, MUTANTS).mapToObj(i -> mutant(snippet.source(), i)))
                .map(source -> Arguments.of((Object) source.getBytes(StandardCharsets.UTF_8)));
    }

    /** The snippet itself first; then with some signs put in, taken out or doubled. */
    private static String mutant(String source, int number) {
        StringBuilder text = new StringBuilder(source);
        Random random = new Random(SEED + number);
        for (int i = 0; i < number; i++) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(8));
            switch (random.nextInt(3)) {
                case 0 -> text.insert(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
                case 1 -> text.delete(at, end);
                default -> text.insert(at, text.substring(at, end));
            }
        }
        return text.toString();
    }
}
