package dev.berth.build.context;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an ignore file holds, it is read or refused, and paths are held against it in time. In the ordinary run mutants of some
 * files are tried; with {@code JAZZER_FUZZ=1} Jazzer goes on from there by itself.
 */
class IgnoreFileFuzzTest {
    private static final int MUTANTS = 100;
    private static final long SEED = 20_261_126;
    private static final String SIGNS = "***??//[[]]^--\\!!#. ab\n\n\r\té";
    private static final String DEEP = "a/".repeat(100) + "b";

    @MethodSource("files")
    @FuzzTest(maxDuration = "1m")
    void anyIgnoreFileIsReadOrRefused(byte[] file) {
        try {
            IgnoreFile read = IgnoreFile.parse(new String(file, StandardCharsets.UTF_8));
            read.ignores(DEEP);
            read.ignores("a");
            read.root().enter("é").isWorthEntering();
        } catch (IgnoreFileException e) {
            // refused
        }
    }

    static Stream<Arguments> files() {
        return Stream.of(
                        "# comment\n*.log\n!keep.log\n",
                        "**/node_modules\n**/*.class\ntarget/**\n",
                        "*\n!src/**\nsrc/**/[a-z]*_test.?\n",
                        "**/**/**/**/*a*a*a*a*b\n",
                        "a\\*b\n/x/../y//z\n[^a-c]\n")
                .flatMap(seed -> IntStream.range(0, MUTANTS).mapToObj(i -> mutant(seed, i)))
                .map(file -> Arguments.of((Object) file.getBytes(StandardCharsets.UTF_8)));
    }

    private static String mutant(String seed, int number) {
        StringBuilder text = new StringBuilder(seed);
        Random random = new Random(SEED + number);
        for (int i = 0; i < number % 20; i++) {
            int at = random.nextInt(text.length() + 1);
            if (random.nextBoolean()) {
                text.insert(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
            } else {
                text.delete(at, Math.min(text.length(), at + 2));
            }
        }
        return text.toString();
    }
}
