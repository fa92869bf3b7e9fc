package dev.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import dev.berth.image.files.FileTree;
import dev.berth.testing.BusyboxTree;
import dev.berth.testing.CommandLines;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Testcontainers as it comes from Maven Central, in a JVM with no Docker, whose tests know nothing of Berth. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TestcontainersTest {
    @TempDir
    private Path directory;

    @Test
    void aSuiteRunsWithNoDockerAndNothingIsLeftOfIt() throws Exception {
        makeBox();
        Process jvm = suite("always");
        assertThat(jvm.waitFor(100, TimeUnit.SECONDS)).isTrue();
        List<String> errors = Files.readAllLines(directory.resolve("errors"));
        assertThat(jvm.exitValue()).as(String.join("\n", errors)).isZero();
        assertThat(Files.readAllLines(directory.resolve("output")))
                .contains("ports", "logs", "health", "networks", "files", "dockerfiles", "parallel")
                .endsWith("over");
        assertThat(errors)
                .as("of native access: the engine's own JVM may")
                .filteredOn(line -> line.contains("has been called by"))
                .isEmpty();
        awaitEndOfEngines();
        assertThat(directory.resolve("home/.testcontainers.properties")).doesNotExist();
        try (Berth next = Berth.start(options())) {
            assertThat(next.containers().list()).isEmpty();
        }
        Process again = suite("always");
        assertThat(again.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(again.exitValue())
                .as(Files.readString(directory.resolve("errors")))
                .isZero();
        awaitEndOfEngines(); // until then the slot with its images is its own
        try (Stream<Path> kept = Files.list(directory.resolve("cache/jvm"))) {
            assertThat(kept)
                    .as("the second engine's JVM has started from what the first one's had written at its end")
                    .singleElement()
                    .asString()
                    .endsWith(".aot");
        }
        try (Berth next = Berth.start(options())) {
            assertThat(next.images().list())
                    .as("with those that the second suite had built, and no others")
                    .filteredOn(image -> image.labels().containsKey("org.testcontainers.sessionId"))
                    .hasSize(2);
        }
    }

    @Test
    void offMeansThatTestcontainersLooksForADocker() throws Exception {
        Process jvm = suite("off");
        assertThat(jvm.waitFor(100, TimeUnit.SECONDS)).isTrue();
        assertThat(jvm.exitValue()).isNotZero();
        assertThat(directory.resolve("cache")).doesNotExist();
    }

    /** Without a container they go on for a while. */
    private void awaitEndOfEngines() throws InterruptedException {
        while (CommandLines.have(directory + "/cache")) {
            Thread.sleep(50); // the timeout tells of those that stay
        }
    }

    /** This JVM's, with this module as a jar, as users have it. */
    private String classPath() {
        Path classes = Path.of(BerthClientProviderStrategy.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        Path jar = directory.resolve("berth-testcontainers.jar");
        if (!Files.exists(jar)) {
            int code = ToolProvider.findFirst("jar")
                    .orElseThrow()
                    .run(System.out, System.err, "--create", "--file=" + jar, "-C", classes.toString(), ".");
            assertThat(code).isZero();
        }
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .map(entry -> Path.of(entry).equals(classes) ? jar.toString() : entry)
                .collect(Collectors.joining(":"));
    }

    private BerthOptions options() {
        return BerthOptions.DEFAULT.withCache(directory.resolve("cache"));
    }

    private void makeBox() throws IOException {
        Path tar = directory.resolve("box.tar");
        try (FileTree files = FileTree.at(BusyboxTree.make(directory.resolve("box")));
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            files.pack("/.", out);
        }
        try (Berth berth = Berth.start(options());
                InputStream in = Files.newInputStream(tar)) {
            berth.images().importTree(in, "box");
        }
    }

    private Process suite(String mode) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dberth.testcontainers=" + mode,
                        "-Duser.home=" + directory.resolve("home"),
                        "-cp",
                        classPath(),
                        Suite.class.getName())
                .redirectOutput(directory.resolve("output").toFile())
                .redirectError(directory.resolve("errors").toFile());
        builder.environment().put("BERTH_CACHE", directory.resolve("cache").toString());
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("DOCKER_") || name.startsWith("TESTCONTAINERS_"));
        return builder.start();
    }
}
