package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docker build} as BuildKit has it: Docker's command line of version 20.10 brings all that it needs for it. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_WITH_BUILDKIT})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BuildKitCommandLineTest {
    private static final String DOCKER = "/usr/bin/docker";
    private static final String DOCKERFILE = """
            FROM box AS base
            ARG WHO=nobody
            COPY . /context
            FROM base AS shown
            RUN cd /context && find . | sort | busybox tr '\\n' ' ' && echo "for $WHO"
            FROM base
            WORKDIR /w
            RUN --mount=type=secret,id=word,required=true busybox sed s/^/the\\ word:\\ / /run/secrets/word
            """;

    private Path dir;
    private DaemonProcess daemon;
    private Path context;
    private int made;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        daemon = DaemonProcess.start(dir.resolve("berth"));
        Path tar = BoxTar.make(dir);
        docker("", "import", tar.toString(), "box").succeeded();
    }

    @AfterAll
    void stop() {
        daemon.close();
    }

    @BeforeEach
    void makeContext() throws IOException {
        context = Files.createDirectories(dir.resolve("context" + made++));
        file("Dockerfile", DOCKERFILE);
        file("one", "1");
        file("left/out", "");
        file("left/in", "");
        Files.createSymbolicLink(context.resolve("link"), Path.of("one"));
        file(".dockerignore", "left\n!left/in\nDockerfile\n");
    }

    private Path file(String name, String content) throws IOException {
        Path file = context.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, content);
    }

    private Command docker(String input, String... args) {
        return Command.runWithInput(
                environment(),
                input,
                Stream.concat(Stream.of(DOCKER), Stream.of(args)).toArray(String[]::new));
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(daemon.dockerEnvironment());
        environment.put("DOCKER_BUILDKIT", "1");
        return environment;
    }

    private Command build(String... args) {
        return docker(
                "",
                Stream.concat(Stream.of("build", "--progress", "plain"), Stream.of(args))
                        .toArray(String[]::new));
    }

    private String inspected(String image, String format) {
        return docker("", "image", "inspect", "-f", format, image)
                .succeeded()
                .out()
                .strip();
    }

    @Test
    void whatTheEngineSaysOfItselfMakesBuildKitTheCommandLinesOwnChoice() {
        Map<String, String> environment = new HashMap<>(daemon.dockerEnvironment());
        environment.put("DOCKER_BUILDKIT", "");
        assertThat(Command.run(
                                environment,
                                DOCKER,
                                "build",
                                "--target",
                                "base",
                                "--progress",
                                "plain",
                                context.toString())
                        .succeeded()
                        .err())
                .contains("[internal] load build definition from Dockerfile");
    }

    @Test
    void aFolderIsBuiltWithoutWhatItIgnoresAndItsStepsAreTold() {
        Command built = build(
                "-t",
                "shown:1",
                "-t",
                "shown:2",
                "--target",
                "shown",
                "--build-arg",
                "WHO=me",
                "--label",
                "a=b",
                context.toString());
        assertThat(built.succeeded().err())
                .contains(
                        "[internal] load build context",
                        "[base 1/2] FROM docker.io/library/box:latest",
                        "[base 2/2] COPY . /context",
                        "[shown 1/1] RUN cd /context",
                        " . ./.dockerignore ./left ./left/in ./link ./one for me\n",
                        "naming to docker.io/library/shown:1 ",
                        "naming to docker.io/library/shown:2 ");
        assertThat(inspected("shown:2", "{{.Config.Labels.a}}")).isEqualTo("b");
        assertThat(build("--target", "shown", "--build-arg", "WHO=me", context.toString())
                        .succeeded()
                        .err())
                .containsPattern("\\[shown 1/1] RUN cd /context[^\\n]*\\n(#\\d+ sha256:\\S+\\n)?#\\d+ CACHED")
                .doesNotContain("for me\n");
    }

    @Test
    @Needs(Need.DOCKER_REGISTRY)
    void anImageBringsItsCacheAlongFromARegistry() throws Exception {
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String name = registry.domain() + "/cached:1";
            build("-t", name, "--target", "base", "--build-arg", "BUILDKIT_INLINE_CACHE=1", context.toString())
                    .succeeded();
            docker("", "push", name).succeeded();
            String id = inspected(name, "{{.Id}}");
            docker("", "rmi", name).succeeded();
            docker("", "builder", "prune", "-af").succeeded();
            Command again = build(
                    "-t",
                    name,
                    "--target",
                    "base",
                    "--build-arg",
                    "BUILDKIT_INLINE_CACHE=1",
                    "--cache-from",
                    name,
                    context.toString());
            assertThat(again.succeeded().err())
                    .contains("Importing the build cache of " + name)
                    .containsPattern("\\[base 2/2] COPY . /context[^\\n]*\\n(#\\d+ sha256:\\S+\\n)?#\\d+ CACHED");
            assertThat(inspected(name, "{{.Id}}")).isEqualTo(id);
        }
    }

    @Test
    void aSecretIsAskedOfTheClientAndStaysOutOfTheImage() throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), "sesame");
        Command built = build("-t", "secret", "--secret", "id=word,src=" + secret, context.toString());
        assertThat(built.succeeded().err()).contains("the word: sesame");
        assertThat(docker("", "history", "--no-trunc", "secret").succeeded().out())
                .doesNotContain("sesame");
        assertThat(build("--no-cache", context.toString()).exitedWith(1).err())
                .contains("secret word: not found; give it with --secret id=word,src=FILE");
    }

    @Test
    void anSshAgentIsReachedThroughTheClient() throws Exception {
        Path socket = dir.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .start();
        try {
            agent.inputReader().readLine(); // it listens before it says where
            Path key = dir.resolve("key");
            Command.run(
                            Map.of(),
                            "ssh-keygen",
                            "-q",
                            "-t",
                            "ed25519",
                            "-N",
                            "",
                            "-C",
                            "a key of the test",
                            "-f",
                            "" + key)
                    .succeeded();
            Command.run(Map.of("SSH_AUTH_SOCK", socket.toString()), "ssh-add", "-q", key.toString())
                    .succeeded();
            for (String library : Command.run(Map.of(), "sh", "-c", "ldd /usr/bin/ssh-add | grep -o '/[^ ]*'")
                    .succeeded()
                    .out()
                    .split("\n")) {
                copy(Path.of(library));
            }
            copy(Path.of("/usr/bin/ssh-add"));
            file(
                    "Dockerfile",
                    "FROM box\nCOPY --chmod=755 root/ /\nRUN --mount=type=ssh ssh-add -l; ssh-add -l\n"
                            + "RUN --mount=type=ssh,id=other echo \"other: ${SSH_AUTH_SOCK-none}\"\n");
            assertThat(build("--ssh", "default=" + socket, context.toString())
                            .succeeded()
                            .err())
                    .containsPattern("(?s)a key of the test.*a key of the test")
                    .contains("other: none");
        } finally {
            agent.destroy();
            agent.waitFor();
        }
    }

    private void copy(Path file) throws IOException {
        Path target = context.resolve("root" + file);
        Files.createDirectories(target.resolveSibling("."));
        Files.copy(file, target);
    }

    @Test
    void severalPlatformsBecomeOneImage() throws Exception {
        file("Dockerfile", "FROM scratch\nCOPY one /\n");
        build("-t", "both", "--platform", "linux/amd64,linux/arm64", context.toString())
                .succeeded();
        Path archive = dir.resolve("both.tar");
        docker("", "save", "-o", archive.toString(), "both").succeeded();
        assertThat(Command.run(Map.of(), "tar", "-xOf", archive.toString(), "index.json")
                        .succeeded()
                        .out())
                .contains("application/vnd.oci.image.index.v1+json");
    }

    @Test
    void quietlyTheIdIsAllThatIsTold() throws Exception {
        Path idFile = dir.resolve("id");
        Command built = docker(
                "",
                "build",
                "-q",
                "--target",
                "base",
                "-t",
                "quiet",
                "--iidfile",
                idFile.toString(),
                context.toString());
        assertThat(built.succeeded().out()).isEqualTo(inspected("quiet", "{{.Id}}") + "\n");
        assertThat(built.err()).isEmpty();
        assertThat(Files.readString(idFile)).isEqualTo(built.out().strip());
    }

    @Test
    void aStepThatFailsIsShownWithItsLineAndTheCodeIsOne() throws Exception {
        file("Bad", "FROM box\nRUN echo almost; exit 9\n");
        Command built = build("-f", context.resolve("Bad").toString(), context.toString())
                .exitedWith(1);
        assertThat(built.err())
                .contains(
                        " almost\n",
                        " > [2/2] RUN echo almost; exit 9:",
                        "failed to solve: ",
                        "returned a non-zero code: 9",
                        "   2 | >>> RUN echo almost; exit 9");
        file("Bad", "FROM box\nRUNN x\n");
        assertThat(build("-f", context.resolve("Bad").toString(), context.toString())
                        .exitedWith(1)
                        .err())
                .contains("unknown instruction: RUNN (did you mean RUN?)", "   2 | >>> RUNN x");
        assertThat(build("-f", context.resolve("None").toString(), context.toString())
                        .exitedWith(1)
                        .err())
                .contains("Cannot locate specified Dockerfile: None");
    }

    @Test
    void aDockerfileMayComeFromElsewhereAndFromStandardInput() throws Exception {
        Path elsewhere = Files.createDirectories(dir.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("Other"), "FROM box\nCOPY . /all\nRUN ls -A /all\n");
        Files.writeString(elsewhere.resolve("Other.dockerignore"), "*\n!one\n");
        assertThat(build("-f", elsewhere.resolve("Other").toString(), context.toString())
                        .succeeded()
                        .err())
                .containsPattern("\\n#\\d+ [0-9.]+ one\\n#\\d+ DONE");
        assertThat(docker("FROM box\nRUN echo from stdin\n", "build", "--progress", "plain", "-")
                        .succeeded()
                        .err())
                .contains(" from stdin\n");
        assertThat(docker("FROM box\nCOPY one /\n", "build", "--progress", "plain", "-f", "-", context.toString())
                        .succeeded()
                        .err())
                .contains("COPY one /");
    }

    @Test
    void aContextMayBeAnArchiveOnStandardInput() throws Exception {
        Path tar = dir.resolve("context.tar");
        Command.run(Map.of(), "tar", "-C", context.toString(), "-cf", tar.toString(), ".")
                .succeeded();
        ProcessBuilder builder = new ProcessBuilder(DOCKER, "build", "--target", "shown", "-t", "archive", "-")
                .redirectInput(tar.toFile())
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("archive.log").toFile());
        builder.environment().putAll(environment());
        assertThat(builder.start().waitFor())
                .as(Files.readString(dir.resolve("archive.log")))
                .isZero();
        assertThat(inspected("archive", "{{.RepoTags}}")).isEqualTo("[archive:latest]");
    }

    @Test
    void manyFilesAndALargeOneArriveWhole() throws Exception {
        for (int i = 0; i < 2_000; i++) {
            file("many/" + i % 10 + "/" + i, "file " + i);
        }
        byte[] large = new byte[5 << 20];
        new java.util.Random(1).nextBytes(large);
        Files.write(context.resolve("large"), large);
        file(
                "Dockerfile",
                "FROM box\nCOPY . /all\nRUN cd /all/many && find . -type f | busybox wc -l &&"
                        + " busybox cat 9/1999 && busybox md5sum /all/large\n");
        String sum = Command.run(Map.of(), "md5sum", context.resolve("large").toString())
                .succeeded()
                .out()
                .substring(0, 32);
        assertThat(build(context.toString()).succeeded().err()).contains(" 2000\n", "file 1999" + sum);
    }

    @ValueSource(strings = {"-INT", "-KILL"})
    @ParameterizedTest
    void aClientThatIsEndedEndsItsBuild(String signal) throws Exception {
        file("Dockerfile", "FROM box\nRUN echo begun; busybox sleep 1000\n");
        Path log = dir.resolve("ended" + signal + ".log");
        ProcessBuilder builder = new ProcessBuilder(DOCKER, "build", "--progress", "plain", context.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment());
        Process client = builder.start();
        Command.eventually("the step to begin", () -> Command.read(log).contains(" begun\n"));
        Command.run(Map.of(), "kill", signal, String.valueOf(client.pid())).succeeded();
        assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(client.exitValue()).isNotZero();
        Command.eventually(
                "the container to go",
                () -> docker("", "ps", "-aq").succeeded().out().isEmpty());
    }

    @Test
    void whatIsBuiltComesToTheClientAsFilesAndAsArchives() throws Exception {
        file("Dockerfile", """
                FROM box AS made
                RUN mkdir -p /out/sub; echo one >/out/sub/1; ln /out/sub/1 /out/2; ln -s sub/1 /out/3; chmod 711 /out/sub
                RUN for i in $(busybox seq 500); do echo $i >/out/sub/of-$i; done
                FROM scratch
                COPY --from=made /out /
                """);
        Path out = dir.resolve("out");
        assertThat(build("-o", out.toString(), context.toString()).succeeded().err())
                .contains("exporting to client directory")
                .doesNotContain("exporting to image");
        assertThat(Files.readString(out.resolve("2"))).isEqualTo("one\n");
        assertThat(Files.getAttribute(out.resolve("2"), "unix:nlink")).isEqualTo(2);
        assertThat(Files.readSymbolicLink(out.resolve("3"))).isEqualTo(Path.of("sub/1"));
        assertThat(Files.readString(out.resolve("sub/of-499"))).isEqualTo("499\n");
        assertThat(Command.run(Map.of(), "stat", "-c", "%a", "" + out.resolve("sub"))
                        .succeeded()
                        .out())
                .isEqualTo("711\n");

        Path tar = dir.resolve("out.tar");
        build("-o", "type=tar,dest=" + tar, context.toString()).succeeded();
        assertThat(Command.run(Map.of(), "tar", "-tf", tar.toString())
                        .succeeded()
                        .out()
                        .lines())
                .contains("2", "sub/1", "sub/of-1");
    }

    @Test
    void whatIsNotSupportedIsRefusedByName() {
        assertThat(build("-o", "type=nonsense", context.toString())
                        .exitedWith(1)
                        .err())
                .contains("the output nonsense is not supported by Berth");
    }
}
