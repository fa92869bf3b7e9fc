package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** dockerode at our socket: what its documentation shows, as a suite of its own, with the packages that its lock file names. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKER_REGISTRY, Need.BUSYBOX, Need.NODE})
@LeavesNothingBehind
class DockerodeTest {
    private static final Path SOURCE = Path.of("src/test/node");
    /** Where the packages are kept from one run to the next. */
    private static final Path INSTALLED = Path.of("target/node");

    private static final Pattern COUNT = Pattern.compile("^# tests (\\d+)$", Pattern.MULTILINE);

    @Test
    void whatItsDocumentationShowsWorks(@TempDir Path dir) throws Exception {
        install();
        try (SdkHost host = SdkHost.start(dir)) {
            Command suite = host.run(
                    "node",
                    "--test",
                    "--test-reporter=tap",
                    INSTALLED.resolve("dockerode.test.js").toString());
            suite.succeeded();
            assertThat(COUNT.matcher(suite.out()).results())
                    .as(suite.out())
                    .singleElement()
                    .satisfies(count ->
                            assertThat(Integer.parseInt(count.group(1))).isPositive());
        }
    }

    /** Brings the packages here, where they are not yet those of the lock file. */
    private static void install() throws IOException {
        Files.createDirectories(INSTALLED);
        Path lock = INSTALLED.resolve("package-lock.json");
        boolean current = Files.exists(lock)
                && Files.isDirectory(INSTALLED.resolve("node_modules"))
                && Files.mismatch(lock, SOURCE.resolve("package-lock.json")) < 0;
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Files.write(INSTALLED.resolve(file.getFileName()), Files.readAllBytes(file));
            }
        }
        if (!current) {
            Command.run(
                            Map.of(),
                            "npm",
                            "ci",
                            "--prefix",
                            INSTALLED.toString(),
                            "--ignore-scripts",
                            "--no-audit",
                            "--no-fund")
                    .succeeded();
        }
    }
}
