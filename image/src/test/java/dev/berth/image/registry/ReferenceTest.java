package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ReferenceTest {
    private static final String HASH = "a".repeat(64);

    @ParameterizedTest
    @CsvSource({
        "debian, docker.io/library/debian, debian",
        "debian:12, docker.io/library/debian:12, debian:12",
        "docker.io/debian, docker.io/library/debian, debian",
        "index.docker.io/library/debian, docker.io/library/debian, debian",
        "someone/thing:v1.0_x-y, docker.io/someone/thing:v1.0_x-y, someone/thing:v1.0_x-y",
        "library/a/b, docker.io/library/a/b, library/a/b",
        "localhost/thing, localhost/thing, localhost/thing",
        "localhost:5000/a/b:x, localhost:5000/a/b:x, localhost:5000/a/b:x",
        "[::1]:5000/a, '[::1]:5000/a', '[::1]:5000/a'",
        "Host/thing, Host/thing, Host/thing",
        "a__b.c-d--e, docker.io/library/a__b.c-d--e, a__b.c-d--e",
    })
    void aNameIsReadInFullAndToldInShort(String typed, String full, String familiar) throws ImageException {
        Reference reference = Reference.parse(typed);
        assertThat(reference).hasToString(full);
        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
    }

    @Test
    void aDigestMayFollowATag() throws ImageException {
        Reference reference = Reference.parse("debian:12@sha256:" + HASH);
        assertThat(reference.tag()).contains("12");
        assertThat(reference.digest()).contains(Digest.parse("sha256:" + HASH));
        assertThat(reference.familiar()).isEqualTo("debian:12@sha256:" + HASH);
        assertThat(reference.withoutTagAndDigest().familiar()).isEqualTo("debian");
    }

    @Test
    void latestIsMeantOnlyWhereNothingElseIs() throws ImageException {
        assertThat(Reference.parse("debian").withDefaultTag().familiar()).isEqualTo("debian:latest");
        assertThat(Reference.parse("debian:12").withDefaultTag().familiar()).isEqualTo("debian:12");
        assertThat(Reference.parse("debian@sha256:" + HASH).withDefaultTag().tag())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                ":tag",
                "@",
                "debian:",
                "debian:.x",
                "debian:a b",
                "de bian",
                "/debian",
                "debian/",
                "a//b",
                "-a",
                "a-",
                "a..b",
                "a___b",
                "localhost:5000/",
                "host.name/a:b:c",
                "debian@md5:abc",
                "debian@sha256:12",
                "../a",
                "a/../b",
                "http://host/a",
                "[::1/a",
                "a@b@c",
                "däbian",
                "a\nb"
            })
    void whatIsNoReferenceIsRefused(String typed) {
        assertThatThrownBy(() -> Reference.parse(typed))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.BAD_REQUEST))
                .hasMessageStartingWith("invalid reference format");
    }

    @Test
    void capitalsInARepositoryAreRefusedInDockersWords() {
        assertThatThrownBy(() -> Reference.parse("Debian"))
                .hasMessage("invalid reference format: repository name (library/Debian) must be lowercase");
    }

    @Test
    void anIdIsNoName() {
        assertThatThrownBy(() -> Reference.parse(HASH)).hasMessageContaining("cannot specify 64-byte hexadecimal");
    }

    @Test
    void aNameHasALength() throws ImageException {
        assertThat(Reference.parse("a".repeat(247)).path()).hasSize(255);
        assertThatThrownBy(() -> Reference.parse("a".repeat(256))).hasMessageContaining("255 characters");
        assertThatThrownBy(() -> Reference.parse("a:" + "b".repeat(129))).hasMessage("invalid reference format");
        assertThatThrownBy(() -> Reference.parse("a".repeat(1 << 20))).hasMessage("invalid reference format");
    }
}
