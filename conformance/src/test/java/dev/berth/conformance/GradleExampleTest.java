package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/gradle}, a Gradle build whose tasks call the library, as Gradle runs it. */
@Needs({Need.ROOT, Need.GRADLE})
@LeavesNothingBehind
class GradleExampleTest {
    private static final List<String> MODULES =
            List.of("linux", "image", "network", "level", "level-os", "engine", "build", "api", "embedded");

    @Test
    void aBuildMakesItsImageAndAsksAServiceOfIt(@TempDir Path dir) throws Exception {
        Command.run(Map.of(), "cp", "-r", "../examples/gradle", dir.toString()).succeeded();
        try (LocalRepository repository = LocalRepository.make(dir.resolve("repository"), MODULES)) {
            String output = Command.run(
                            Map.of(
                                    "JAVA_HOME",
                                    System.getProperty("java.home"),
                                    "BERTH_CACHE",
                                    dir.resolve("cache").toString()),
                            "gradle",
                            "--offline",
                            "--no-daemon",
                            "--gradle-user-home",
                            dir.resolve("home").toString(),
                            "-Dmaven.repo.local=" + repository.folder(),
                            "-p",
                            dir.resolve("gradle").toString(),
                            "check")
                    .succeeded()
                    .out();
            assertThat(output).contains("made [shop:latest]", "the shop is open", "BUILD SUCCESSFUL");
        }
    }
}
