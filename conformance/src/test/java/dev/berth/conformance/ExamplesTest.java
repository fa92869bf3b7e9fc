package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Dockerfiles of {@code examples/}, upon a Debian of mmdebstrap's: each is built with packages from Debian's mirror, run, and
 * gives its answer. {@code conformance/examples} takes all of them.
 */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.MMDEBSTRAP})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExamplesTest {
    private static final List<String> CHOSEN =
            List.of(System.getProperty("examples", "c,nginx").split(","));

    private static final String ASK_NGINX =
            "exec 3<>/dev/tcp/127.0.0.1/8080;" + " printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3";

    /**
     * An example.
     *
     * @param question what is run in its container until it ends well; empty where the container's own output is the answer
     */
    record Example(String name, List<String> question, String answer) {}

    private DaemonProcess daemon;

    static Stream<Example> examples() {
        return Stream.of(
                        new Example("c", List.of(), "hello, world\n"),
                        new Example("nginx", List.of("bash", "-c", ASK_NGINX), "Served from an image of our own."),
                        new Example("python", List.of("python3", "service.py", "--check"), "{\"sum\": 42}"),
                        new Example("redis", List.of("redis-cli", "incrby", "answer", "36"), "36\n"),
                        new Example("postgresql", List.of("psql", "-tAc", "SELECT value FROM answer"), "36\n"),
                        new Example("maven", List.of(), "Java 17 says 36\n"))
                .filter(example -> CHOSEN.contains(example.name()));
    }

    @BeforeAll
    void importBase(@TempDir Path dir) throws Exception {
        Path tar = dir.resolve("debian.tar");
        Command.run(Map.of(), "mmdebstrap", "--variant=apt", "--quiet", "bookworm", tar.toString())
                .succeeded();
        daemon = DaemonProcess.start(dir.resolve("berth"));
        daemon.docker("import", "--change", "CMD [\"bash\"]", tar.toString(), "debian:bookworm")
                .succeeded();
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isBuiltRunsAndAnswers(Example example) throws Exception {
        Path folder = Path.of("../examples", example.name()).toAbsolutePath().normalize();
        build(folder, example.name());
        if (example.question().isEmpty()) {
            assertThat(daemon.docker("run", "--rm", "--network", "none", example.name())
                            .succeeded()
                            .out())
                    .isEqualTo(example.answer());
            return;
        }
        daemon.docker("run", "-d", "--network", "none", "--name", example.name(), example.name())
                .succeeded();
        String[] ask = Stream.concat(Stream.of("exec", example.name()), example.question().stream())
                .toArray(String[]::new);
        Command.eventually(Arrays.toString(ask), () -> daemon.docker(ask).out().contains(example.answer()));
        daemon.docker("rm", "-fv", example.name()).succeeded();
    }

    /** In the host's network: what is fetched comes from where the host itself gets it. */
    private void build(Path folder, String tag) {
        Map<String, String> environment = new HashMap<>(daemon.dockerEnvironment());
        environment.put("DOCKER_BUILDKIT", "0");
        Command.run(environment, "docker", "build", "--network", "host", "-t", tag, folder.toString())
                .succeeded();
    }
}
