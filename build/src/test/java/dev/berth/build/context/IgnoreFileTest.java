package dev.berth.build.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.Limits;
import dev.berth.build.context.IgnoreFile.Directory;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IgnoreFileTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a           | a                | true",
                "a           | b                | false",
                "a           | ab               | false",
                "a           | a/b/c            | true",
                "a           | b/a              | false",
                "/a          | a                | true",
                "a/          | a/b              | true",
                "./a//b/../c | a/c              | true",
                "a/b         | a/b/c            | true",
                "a/b         | a/bc             | false",
                "../a        | a                | false",
                "*           | a                | true",
                "*           | .a               | true",
                "*           | a/b              | true",
                "*.go        | x.go             | true",
                "*.go        | a/x.go           | false",
                "*/*.go      | a/x.go           | true",
                "*/temp*     | a/temporary/x    | true",
                "*/temp*     | temporary        | false",
                "a?c         | abc              | true",
                "a?c         | a/c              | false",
                "a?          | a日              | true",
                "**          | a/b              | true",
                "**/*        | a                | true",
                "**/a        | a                | true",
                "**/a        | x/y/a            | true",
                "**/a        | x/ya             | false",
                "**/a        | x/a/b            | true",
                "**a         | xa               | true",
                "**a         | x/ya             | true",
                "**/*.go     | x.go             | true",
                "**/*.go     | a/b/x.go         | true",
                "**/a*b      | x/acb            | true",
                "a/**        | a                | false",
                "a/**        | a/b/c            | true",
                "a/**/b      | a/b              | true",
                "a/**/b      | a/x/y/b          | true",
                "a/**/b      | a/xb             | false",
                "a**         | ab/c             | true",
                "a**b        | ab               | true",
                "a**b        | a/x/b            | true",
                "a**b        | axb              | false",
                "**/a/**     | x/a/y            | true",
                "**/a/**     | x/a              | false",
                "a/*/c       | a/b/c/d          | true",
                "[ab]        | b                | true",
                "[a-c]x      | bx               | true",
                "[^a-c]x     | bx               | false",
                "[^a-c]x     | dx               | true",
                "[\\]]x      | ]x               | true",
                "[a\\-c]     | -                | true",
                "a[bc]x      | acx              | true",
                "\\*         | *                | true",
                "\\*         | a                | false",
                "\\\\        | \\               | true",
                "a.b         | axb              | false",
                "(a+b)       | ab               | false",
                "a+$^{}      | a+$^{}           | true",
                "*^          | a^               | true",
                ".           | a                | false",
                ".git        | .git/config      | true",
                "a b         | a b              | true",
                "日本        | 日本/語          | true",
                "日*         | 日本             | true",
                "[日-月]x    | 語x              | false",
                "[日-月]x    | 是x              | true",
                "[^a]        | 日               | true",
            })
    void aPatternFitsAPath(String pattern, String path, boolean fits) {
        assertThat(IgnoreFile.parse(pattern).ignores(path)).isEqualTo(fits);
        assertThat(IgnoreFile.of(List.of(pattern)).ignores(path)).isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*;!a               | a          | false",
                "*;!a               | b          | true",
                "*;!a               | a/b        | false",
                "!a;*               | a          | true",
                "a;!a/b             | a/b        | false",
                "a;!a/b             | a/c        | true",
                "a;!a/b             | a          | true",
                "a/*;!a/b           | a/b        | false",
                "*.md;!README*.md   | README.md  | false",
                "*.md;!README*.md;README-x.md | README-x.md | true",
                "*.md;README-x.md;!README*.md | README-x.md | false",
                "**;!**/*.go        | a/b/x.go   | false",
                "**;!**/*.go        | a/b/x.c    | true",
                "a;!**/keep         | a/b/keep   | false",
                "a;! b ; # c        | b          | false",
                "a;!a;a/b           | a/b        | true",
                "a;!a;a/b           | a/c        | false",
            })
    void theLastPatternThatFitsDecides(String patterns, String path, boolean ignored) {
        assertThat(IgnoreFile.parse(patterns.replace(';', '\n')).ignores(path)).isEqualTo(ignored);
    }

    @Test
    void aPatternOfAnyLengthFits() {
        for (int length = 50; length < 200; length++) {
            String name = "x".repeat(length);
            IgnoreFile file = IgnoreFile.of(List.of(name + "/**/y*[z]**"));
            assertThat(file.ignores(name + "/yz")).isTrue();
            assertThat(file.ignores(name + "/a/b/yaz/q")).isTrue();
            assertThat(file.ignores(name + "/a/b/ay")).isFalse();
            assertThat(file.ignores(name + "x/yz")).isFalse();
            assertThat(IgnoreFile.of(List.of("**" + name)).ignores("a/b" + name))
                    .isTrue();
        }
    }

    @Test
    void commentsEmptyLinesMarksAndCarriageReturnsAreNoPatterns() {
        IgnoreFile file = IgnoreFile.parse("\ufeff#a\r\n\r\n  \n  b  \r\n#c\n\\#d\n");
        assertThat(file.ignores("#a")).isFalse();
        assertThat(file.ignores("b")).isTrue();
        assertThat(file.ignores("#c")).isFalse();
        assertThat(file.ignores("#d")).isTrue();
        assertThat(IgnoreFile.parse("\n# x\n").isEmpty()).isTrue();
    }

    @Test
    void aDirectoryThatIsLeftOutIsEnteredOnlyWhereAnExceptionCouldFit() {
        Directory root = IgnoreFile.parse("*\n!docs/*.md\n!src/main\n").root();
        assertThat(root.isWorthEntering()).isTrue();
        assertThat(root.enter("docs").isIgnored()).isTrue();
        assertThat(root.enter("docs").isWorthEntering()).isTrue();
        assertThat(root.enter("docs").enter("deep").isWorthEntering()).isFalse();
        assertThat(root.enter("src").enter("test").isWorthEntering()).isFalse();
        assertThat(root.enter("src").enter("main").isIgnored()).isFalse();
        assertThat(root.enter("target").isWorthEntering()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "a[", "[]", "[^]", "[]a]", "[-]", "[a-]", "[a", "a\\", "[a\\", "!", "! ", "!/"})
    void aPatternWithoutSenseIsRefused(String pattern) {
        assertThatThrownBy(() -> IgnoreFile.parse("ok\n" + pattern + "\n"))
                .isInstanceOf(IgnoreFileException.class)
                .hasMessageStartingWith("line 2 of the ignore file: ");
    }

    @Test
    void tooManyPatternsAreRefused() {
        assertThatThrownBy(() -> IgnoreFile.parse("a\n".repeat(Limits.IGNORE_PATTERNS + 1)))
                .hasMessage("the ignore file has more than 10000 patterns");
        assertThatThrownBy(() -> IgnoreFile.parse("*".repeat(Limits.IGNORE_PATTERN_CHARS + 1)))
                .hasMessage("line 1 of the ignore file: a pattern is longer than 4096 characters");
        assertThatThrownBy(() -> IgnoreFile.parse("a".repeat(Limits.IGNORE_FILE_CHARS + 1)))
                .hasMessage("the ignore file is longer than 1048576 characters");
    }

    @Test
    void whatAllLeavesOutIsKnown() {
        assertThat(IgnoreFile.parse("**/*").ignoresAll()).isTrue();
        assertThat(IgnoreFile.parse("*.x\n!*").ignoresAll()).isFalse();
        assertThat(IgnoreFile.parse("a\n!b").hasExceptions()).isTrue();
        assertThat(IgnoreFile.NONE.ignores("a/b")).isFalse();
    }
}
