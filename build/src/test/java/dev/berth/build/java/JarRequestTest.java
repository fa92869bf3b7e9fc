package dev.berth.build.java;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JarRequestTest {
    @Test
    void parametersAreOptions() throws Exception {
        JarRequest request = JarRequest.parse(Map.ofEntries(
                Map.entry("jar", List.of("a/app.jar")),
                Map.entry("lib", List.of("x.jar", "y.jar")),
                Map.entry("t", List.of("one", "two:2")),
                Map.entry("module", List.of("java.sql")),
                Map.entry("mainclass", List.of("a.B")),
                Map.entry("jvmflag", List.of("-Xmx1g", "-Da=b")),
                Map.entry("arg", List.of("x y")),
                Map.entry("env", List.of("A=1", "")),
                Map.entry("label", List.of("a=b=c", "d")),
                Map.entry("expose", List.of("80")),
                Map.entry("user", List.of("1")),
                Map.entry("workdir", List.of("/w")),
                Map.entry("platform", List.of("linux/amd64")),
                Map.entry("sourcedate", List.of("1700000000"))));
        assertThat(request.jar()).isEqualTo("a/app.jar");
        assertThat(request.libraries()).containsExactly("x.jar", "y.jar");
        assertThat(request.tags()).containsExactly("one", "two:2");
        assertThat(request.modules()).containsExactly("java.sql");
        JavaImageOptions options = request.options();
        assertThat(options.mainClass()).contains("a.B");
        assertThat(options.jvmFlags()).containsExactly("-Xmx1g", "-Da=b");
        assertThat(options.arguments()).containsExactly("x y");
        assertThat(options.env()).containsExactly("A=1");
        assertThat(options.labels()).isEqualTo(Map.of("a", "b=c", "d", ""));
        assertThat(options.exposedPorts()).containsExactly("80");
        assertThat(options.user()).isEqualTo("1");
        assertThat(options.workingDir()).isEqualTo("/w");
        assertThat(options.platform()).contains(new Platform("linux", "amd64", ""));
        assertThat(options.sourceDate()).contains(Instant.ofEpochSecond(1_700_000_000));
    }

    @Test
    void whatIsUnknownMissingOrMalformedIsRefusedByName() {
        assertRefused(Map.of("jar", List.of("a.jar"), "jvmflags", List.of("-X")), "the parameter jvmflags is not one");
        assertRefused(Map.of("t", List.of("x")), "the parameter jar is missing");
        assertRefused(Map.of("jar", List.of("a.jar"), "sourcedate", List.of("now")), "and not \"now\"");
        assertRefused(Map.of("jar", List.of("a.jar"), "module", List.of("a,b")), "\"a,b\" is no name of a module");
        assertRefused(Map.of("jar", List.of("a.jar"), "platform", List.of("!")), "\"!\" is not a platform");
        assertRefused(
                Map.of("jar", List.of("a.jar"), "module", List.of("java.sql"), "base", List.of("x")),
                "a base brings its own");
    }

    @Test
    void filesAreThoseThatWereSent() throws Exception {
        for (String name : List.of("../app.jar", "/etc/passwd", ".", "a/../../b", "a\0b")) {
            JarRequest request = JarRequest.parse(Map.of("jar", List.of(name)));
            assertThatThrownBy(() -> request.recipe(
                            Path.of("/upload"),
                            (reference, platform, assembly) -> {
                                throw new AssertionError(reference);
                            },
                            new JavaRuntimes(),
                            Path.of("/scratch"),
                            line -> {}))
                    .isInstanceOf(ImageException.class);
        }
    }

    private static void assertRefused(Map<String, List<String>> query, String words) {
        assertThatThrownBy(() -> JarRequest.parse(query))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(words);
    }
}
