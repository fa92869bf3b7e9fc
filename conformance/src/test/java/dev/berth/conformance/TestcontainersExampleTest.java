package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import dev.berth.embedded.BuildSpec;
import dev.berth.testing.CommandLines;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.OrdinaryUser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code examples/testcontainers}, a suite with Testcontainers as it comes, built and run by Maven: with an engine of its own,
 * against our daemon's socket, and by an ordinary user who has nothing but Maven and a JDK. {@code
 * conformance/testcontainers} takes all of it, the usual run what needs no images of Debian's packages.
 */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_CLI, Need.MAVEN, Need.MMDEBSTRAP, Need.USER_NAMESPACES})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TestcontainersExampleTest {
    private static final boolean WHOLE = Boolean.getBoolean("testcontainers.whole");
    private static final String TESTS = WHOLE ? "*Test" : "!PostgresqlTest,!RedisTest,!NginxTest";
    private static final List<String> MODULES = List.of(
            "linux", "image", "network", "level", "level-os", "engine", "build", "api", "embedded", "testcontainers");
    private static final Pattern KEPT = Pattern.compile("^kept: ([0-9a-f]{64})$", Pattern.MULTILINE);
    private static final Pattern WELL =
            Pattern.compile("^\\[.*Tests run: [1-9][0-9]*, Failures: 0, Errors: 0, Skipped: 0$", Pattern.MULTILINE);

    private Path home;
    private Path busybox;
    private Path debian;
    private LocalRepository repository;

    @BeforeAll
    void makeWhatASuiteFinds(@TempDir Path directory) throws IOException {
        home = directory;
        repository = LocalRepository.make(home.resolve("repository"), MODULES);
        Command.run(Map.of(), "cp", "-r", "../examples/testcontainers", home.toString())
                .succeeded();
        Path context = Files.createDirectory(home.resolve("busybox"));
        Command.run(Map.of(), "sh", "-c", "cp \"$(command -v busybox)\" " + context)
                .succeeded();
        Files.writeString(context.resolve("Dockerfile"), """
                FROM scratch
                COPY busybox /bin/busybox
                RUN ["/bin/busybox", "sh", "-c", "/bin/busybox --install /bin && mkdir /tmp /root"]
                CMD ["sh"]
                """);
        busybox = home.resolve("busybox.tar");
        debian = home.resolve("debian.tar");
        try (Berth berth = Berth.start(options())) {
            berth.images().build(BuildSpec.of(context).name("busybox:1.36"));
            berth.images().save(busybox, "busybox:1.36");
            if (WHOLE) {
                Command.run(Map.of(), "mmdebstrap", "--variant=apt", "--quiet", "bookworm", debian.toString())
                        .succeeded();
                try (InputStream tree = Files.newInputStream(debian)) {
                    berth.images().importTree(tree, "debian:bookworm", "CMD [\"bash\"]");
                }
            }
        }
    }

    @AfterAll
    void unlinkTheUsualRepository() throws IOException {
        repository.close();
    }

    private BerthOptions options() {
        return BerthOptions.DEFAULT.withCache(home.resolve("cache"));
    }

    private String suite(Map<String, String> environment, String tests) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("JAVA_HOME", System.getProperty("java.home"));
        List<String> command = new ArrayList<>(List.of("env"));
        System.getenv().keySet().stream()
                .filter(name -> name.matches("(DOCKER|TESTCONTAINERS|BERTH)_.*"))
                .forEach(name -> command.addAll(List.of("--unset", name)));
        all.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of(
                "mvn",
                "-B",
                "-ntp",
                "-f",
                home.resolve("testcontainers/pom.xml").toString(),
                "-Dmaven.repo.local=" + repository.folder(),
                "-Dtest=" + tests,
                "verify"));
        String output = Command.run(Map.of(), command.toArray(String[]::new))
                .succeeded()
                .out();
        assertThat(output).containsPattern(WELL);
        return output;
    }

    /** All that is said is where Maven gets what is not yet in its Central; the images are those that others would pull. */
    @Test
    void anOrdinaryUserWithAnEmptyHomeNeedsNothingButMaven() throws Exception {
        try (OrdinaryUser user = OrdinaryUser.known();
                RepositoryServer served = RepositoryServer.start(repository.folder())) {
            giveImages(user);
            Path settings = user.own(Files.writeString(user.home().resolveSibling("settings.xml"), served.settings()));
            String example = user.home().resolve("example").toString();
            Command.run(Map.of(), "cp", "-r", "../examples/testcontainers", example)
                    .succeeded();
            Command.run(Map.of(), "chown", "-R", OrdinaryUser.ID + ":" + OrdinaryUser.ID, example)
                    .succeeded();
            List<String> maven =
                    new ArrayList<>(List.of("mvn", "-B", "-ntp", "-s", settings.toString(), "-f", example));
            if (!WHOLE) {
                maven.add("-Dtest=" + TESTS);
            }
            maven.add("verify");
            assertThat(Command.runAs(user, Map.of(), maven.toArray(String[]::new))
                            .succeeded()
                            .out())
                    .containsPattern(WELL);
            awaitEnd(() -> OrdinaryUser.processes().isEmpty());
        }
    }

    /** Of the first engine of a class path: without a container, its JVM writes down for some seconds what it had loaded. */
    private static void awaitEnd(BooleanSupplier ended) throws InterruptedException {
        Command.eventually("the engine's JVM to end", ended);
    }

    private void giveImages(OrdinaryUser user) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                user.classPath(),
                UsersImages.class.getName()));
        for (Path archive : WHOLE ? List.of(busybox, debian) : List.of(busybox)) {
            Path copy = user.home().resolveSibling(String.valueOf(archive.getFileName()));
            command.add(user.own(Files.copy(archive, copy)).toString());
        }
        Command.runAs(user, Map.of(), command.toArray(String[]::new)).succeeded();
    }

    private static String kept(String output) {
        Matcher kept = KEPT.matcher(output);
        assertThat(kept.find()).as(output).isTrue();
        return kept.group(1);
    }

    @Test
    void theSuiteRunsWithAnEngineOfItsOwnAndNothingIsLeftOfIt() throws InterruptedException {
        suite(Map.of("BERTH_CACHE", options().cache().toString(), "BERTH_TESTCONTAINERS", "always"), TESTS);
        awaitEnd(() -> !CommandLines.have(options().cache().toString()));
        try (Berth next = Berth.start(options())) {
            assertThat(next.containers().list()).isEmpty();
            assertThat(next.networks().list()).isEmpty();
            assertThat(next.volumes().list()).isEmpty();
        }
    }

    @Test
    void theSuiteRunsWithADaemonAndOnlyWhatIsToBeReusedOutlivesIt() throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(home.resolve("berth"))) {
            daemon.docker("load", "--input", busybox.toString()).succeeded();
            if (WHOLE) {
                daemon.docker("import", "--change", "CMD [\"bash\"]", debian.toString(), "debian:bookworm")
                        .succeeded();
            }
            Map<String, String> environment =
                    Map.of("DOCKER_HOST", daemon.host(), "TESTCONTAINERS_RYUK_DISABLED", "true");
            String kept = kept(suite(environment, TESTS));
            assertThat(daemon.docker("ps", "--all", "--quiet", "--no-trunc")
                            .succeeded()
                            .out())
                    .isEqualTo(kept + "\n");
            assertThat(daemon.docker("network", "ls", "--quiet", "--filter", "type=custom")
                            .succeeded()
                            .out())
                    .isEmpty();
            assertThat(kept(suite(environment, "ReuseTest"))).isEqualTo(kept);
            daemon.docker("rm", "--force", kept).succeeded();
        }
    }
}
