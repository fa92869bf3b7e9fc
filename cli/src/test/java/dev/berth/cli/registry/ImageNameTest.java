package dev.berth.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
    private static final String DIGEST = "sha256:" + "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "debian, docker.io/library/debian:latest",
        "debian:12, docker.io/library/debian:12",
        "me/app, docker.io/me/app:latest",
        "docker.io/debian, docker.io/library/debian:latest",
        "index.docker.io/me/app:1, docker.io/me/app:1",
        "localhost:5000/app, localhost:5000/app:latest",
        "localhost/app, localhost/app:latest",
        "registry.example/a/b/c:v1.2, registry.example/a/b/c:v1.2"
    })
    void aNameIsSpelledOut(String typed, String full) {
        assertThat(ImageName.parse(typed)).hasToString(full);
    }

    @Test
    void aDigestIsAskedForBeforeATag() {
        assertThat(ImageName.parse("x:1@" + DIGEST).reference()).isEqualTo(DIGEST);
        assertThat(ImageName.parse("x@" + DIGEST)).hasToString("docker.io/library/x@" + DIGEST);
        assertThat(ImageName.parse("x:1").at(DIGEST).withoutTag()).hasToString("docker.io/library/x@" + DIGEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "UPPER", "a//b", "a:b:c", "x:", "x@sha256:12", "../x", "a/../b", "x y", "localhost:5000/"})
    void whatIsNoNameIsRefused(String text) {
        assertThatThrownBy(() -> ImageName.parse(text))
                .isInstanceOf(CliException.class)
                .hasMessageContaining("invalid reference format");
    }
}
