package dev.berth.build.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class IgnoreFileProperties {
    @Property
    void anyTextIsReadOrRefused(@ForAll String text, @ForAll("paths") String path) {
        try {
            IgnoreFile.parse(text).ignores(path);
        } catch (IgnoreFileException e) {
            assertThat(e).hasMessageContaining("ignore file");
        }
    }

    /** Java's expressions for what Docker's patterns mean. */
    @Property
    void aPatternFitsWhatItsExpressionFits(@ForAll("patterns") String pattern, @ForAll("paths") String path) {
        String clean = IgnoreFile.clean(pattern);
        Pattern expression =
                Pattern.compile(expression(clean.startsWith("/") && clean.length() > 1 ? clean.substring(1) : clean));
        boolean expected = false;
        for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
            expected |= expression.matcher(path.substring(0, end)).matches();
        }
        expected |= expression.matcher(path).matches();
        assertThat(IgnoreFile.of(List.of(pattern)).ignores(path)).isEqualTo(expected);
    }

    private static String expression(String pattern) {
        if (pattern.startsWith("**") && pattern.substring(2).matches("[^*?/][^*?]*")) {
            return ".*" + Pattern.quote(pattern.substring(2));
        }
        StringBuilder expression = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            if (pattern.startsWith("**", i)) {
                i += pattern.startsWith("/", i + 2) ? 2 : 1;
                expression.append(i == pattern.length() - 1 ? ".*" : "(.*/)?");
            } else {
                expression.append(
                        switch (pattern.charAt(i)) {
                            case '*' -> "[^/]*";
                            case '?' -> "[^/]";
                            case '.' -> "\\.";
                            default -> pattern.substring(i, i + 1);
                        });
            }
        }
        return expression.toString();
    }

    @Provide
    Arbitrary<String> patterns() {
        return Arbitraries.strings()
                .withChars("ab*?/.")
                .ofMinLength(1)
                .ofMaxLength(8)
                .filter(pattern -> !pattern.isBlank());
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.strings()
                .withChars("ab")
                .ofMinLength(1)
                .ofMaxLength(3)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(names -> String.join("/", names));
    }
}
