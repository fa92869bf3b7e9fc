package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code berth build} from Dockerfiles: contexts of every kind, what is asked for, what is shown, what fails. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnBuildCommandTest {
    private static final String DOCKERFILE = """
            FROM box AS base
            ARG WHO=nobody
            ARG HERE
            RUN echo "it is $WHO, $HERE" >/who
            COPY . /context
            FROM base AS shown
            RUN cd /context && find . | sort | busybox tr '\\n' ' ' && cat /who
            FROM base AS broken
            RUN echo almost; exit 9
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
        berth("import", tar.toString(), "box").succeeded();
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
        file(".dockerignore", "left\n!left/in\nDockerfile\n");
    }

    private Path file(String name, String content) throws IOException {
        Path file = context.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        return Files.writeString(file, content);
    }

    @Test
    void aFolderIsBuiltWithoutWhatItIgnoresToTheTargetThatIsAskedFor() throws Exception {
        Command built = berth(
                "build",
                "-t",
                "shown:1",
                "--target",
                "shown",
                "--build-arg",
                "WHO=me",
                "--build-arg",
                "HERE",
                "--label",
                "a=b",
                context.toString());
        assertThat(built.succeeded().out()).isEmpty();
        assertThat(built.err())
                .doesNotContain("Sending build context") // the daemon is of this host, and reads it itself
                .contains(
                        "Step 7/7 : RUN cd /context",
                        "\n. ./.dockerignore ./left ./left/in ./one it is me, from outside\n",
                        "\nSuccessfully tagged shown:1\n");
        assertThat(berth("image", "inspect", "-f", "{{.Config.Labels.a}}", "shown:1")
                        .succeeded()
                        .out())
                .isEqualTo("b\n");
    }

    /** As long as the kernel lets an argument be; both command lines send them and read them back. */
    @Test
    void labelsAndVariablesMayBeVeryLong() throws Exception {
        String label = "\u00e9\"\\".repeat(15_000);
        String variable = "v".repeat(100_000);
        file("Dockerfile", "FROM box\nENV V=" + variable + "\nCMD echo ${#V} ${#E}\n");
        berth("build", "-t", "long", "--label", "l=" + label, context.toString())
                .succeeded();
        assertThat(berth("inspect", "-f", "{{.Config.Labels.l}}", "long")
                        .succeeded()
                        .out())
                .isEqualTo(label + "\n");
        daemon.docker("build", "-t", "longer", "--label", "m=" + label, context.toString())
                .succeeded();
        assertThat(daemon.docker("inspect", "-f", "{{.Config.Labels.m}}", "longer")
                        .succeeded()
                        .out())
                .isEqualTo(label + "\n");
        assertThat(daemon.docker("run", "--rm", "-e", "E=" + variable, "longer")
                        .succeeded()
                        .out())
                .isEqualTo("100000 100000\n");
        StringBuilder tooMuch = new StringBuilder("FROM box\nARG A=" + variable + "\n");
        for (int i = 0; i < 10; i++) {
            tooMuch.append("LABEL l").append(i).append("=$A$A$A$A$A\n");
        }
        file("Dockerfile", tooMuch.toString());
        assertThat(berth("build", context.toString()).exitedWith(1).err())
                .contains("the image's settings become larger than 4194304 bytes");
    }

    @Test
    void directoriesOfCacheMountsAreListedAndPrunedByTheirType() throws Exception {
        file("Dockerfile", "FROM box\nRUN --mount=type=cache,target=/c busybox head -c 50000 /dev/zero >/c/got\n");
        berth("build", context.toString()).succeeded();
        assertThat(daemon.docker("system", "df", "-v").succeeded().out())
                .containsPattern("(?m)^\\w{12} +exec\\.cachemount +50kB ");
        Command pruned = daemon.docker("builder", "prune", "-f", "--filter", "type=exec.cachemount");
        assertThat(pruned.succeeded().out()).contains("Total reclaimed space: 50kB");
        assertThat(daemon.docker("system", "df", "-v").succeeded().out())
                .contains(" regular ")
                .doesNotContain("exec.cachemount");
        assertThat(berth("builder", "prune", "-f", "--filter", "color=red")
                        .exitedWith(1)
                        .err())
                .contains("invalid filter 'color'");
    }

    @Test
    void aDockerfileIsCheckedAndAskedAboutWithoutABuild() throws Exception {
        file("Dockerfile", "FROM box AS Base\n# WHO is greeted\nARG WHO=you\nRUN false\nMAINTAINER me\n");
        Command checked = berth("build", "--check", context.toString()).exitedWith(1);
        assertThat(checked.out()).startsWith("""
                Check complete, 2 warnings have been found!

                WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/
                Stage name 'Base' should be lowercase
                Dockerfile:1
                --------------------
                   1 | >>> FROM box AS Base
                """);
        assertThat(berth("build", "--call=check,format=json,ignorestatus=true", context.toString())
                        .succeeded()
                        .out())
                .startsWith("{\n  \"warnings\": [")
                .contains("\"ruleName\": \"MaintainerDeprecated\"");
        assertThat(berth("build", "--call", "outline", "--build-arg", "WHO=me", context.toString())
                        .succeeded()
                        .out())
                .isEqualTo("TARGET: base\n\nBUILD ARG   VALUE   DESCRIPTION\nWHO         me      is greeted\n\n");
        assertThat(berth("build", "--call", "targets", context.toString())
                        .succeeded()
                        .out())
                .isEqualTo("TARGET         DESCRIPTION\nbase (default) \n");

        file("Dockerfile", "FROM box\nRUNN x\n");
        Command broken = berth("build", "--check", context.toString()).exitedWith(1);
        assertThat(broken.out()).isEmpty();
        assertThat(broken.err())
                .contains("dockerfile parse error on line 2: unknown instruction: RUNN", "   2 | >>> RUNN x\n");

        file("Dockerfile", "FROM box\n");
        assertThat(berth("build", "--check", context.toString()).succeeded().out())
                .isEqualTo("Check complete, no warnings found.\n");
    }

    @Test
    void otherFoldersAndImagesStandForNames() throws Exception {
        file("Dockerfile", """
                FROM gone AS made
                FROM base
                COPY --from=made . /made
                RUN --mount=from=other,target=/o cat /made/of-folder /o/one
                """);
        Path other = Files.createDirectories(dir.resolve("other-folder"));
        Files.writeString(other.resolve("of-folder"), "of another folder\n");
        assertThat(berth(
                                "build",
                                "--build-context",
                                "made=" + other,
                                "--build-context=other=" + context,
                                "--build-context",
                                "base=docker-image://box",
                                "--no-cache-filter",
                                "stage-1",
                                context.toString())
                        .succeeded()
                        .err())
                .contains("\nof another folder\n1");
        assertThat(berth("build", "--build-context", "made=" + dir.resolve("none"), context.toString())
                        .exitedWith(1)
                        .err())
                .contains("failed to get build context made: stat " + dir.resolve("none"));
        assertThat(berth("build", "--build-context", "made=oci-layout://x", context.toString())
                        .exitedWith(1)
                        .err())
                .contains("failed to get build context made: stat x: no such file or directory");
    }

    @Test
    void anImageOfALayoutIsABaseWhereverTheDaemonIs() throws Exception {
        file("Dockerfile", "FROM box\nRUN echo of the layout >/made\n");
        Path layout = dir.resolve("layout");
        berth("build", "-o", "type=oci,tar=false,dest=" + layout, "-t", "shop/base:v1", context.toString())
                .succeeded();
        file("Dockerfile", "FROM base\nCOPY --from=base /made /again\nRUN cat /made /again\n");
        String tagged = "base=oci-layout://" + layout + ":v1";
        assertThat(berth("build", "--build-context", tagged, context.toString())
                        .succeeded()
                        .err())
                .contains("\nof the layout\nof the layout\n");
        String digest =
                Files.readString(layout.resolve("index.json")).replaceAll("(?s).*?(sha256:[0-9a-f]{64}).*", "$1");
        try (Relay relay = Relay.begin(daemon)) {
            for (String context : new String[] {tagged, "base=oci-layout://" + layout + "@" + digest}) {
                Command built = Command.berth(
                        Map.of("DOCKER_HOST", relay.host(), "HOME", dir.toString()),
                        new byte[0],
                        "build",
                        "--no-cache",
                        "--build-context",
                        context,
                        this.context.toString());
                assertThat(built.succeeded().err()).contains("\nof the layout\nof the layout\n");
            }
        }
    }

    @Test
    void quietlyTheIdIsAllThatIsToldAndTheSameAgain() throws Exception {
        Path idFile = dir.resolve("id");
        Path metadata = dir.resolve("metadata");
        String[] words = {
            "build",
            "-q",
            "--target",
            "base",
            "-t",
            "quiet",
            "--iidfile",
            idFile.toString(),
            "--metadata-file",
            metadata.toString(),
            context.toString()
        };
        Command built = berth(words).succeeded();
        assertThat(built.err()).isEmpty();
        String id = built.out().strip();
        assertThat(id).matches("sha256:[0-9a-f]{64}");
        assertThat(Files.readString(idFile)).isEqualTo(id);
        assertThat(Files.readString(metadata))
                .contains(
                        "\"containerimage.config.digest\": \"" + id,
                        "\"image.name\": \"docker.io/library/quiet:latest\"");
        assertThat(berth(words).succeeded().out()).isEqualTo(built.out());
        assertThat(berth("build", "--progress", "rawjson", "--target", "base", context.toString())
                        .succeeded()
                        .err())
                .contains("{\"stream\":\" ---> Using cache\\n\"}", "{\"aux\":{\"ID\":\"" + id + "\"}}");
    }

    @Test
    void aStepThatFailsIsShownInItsPlaceAndItsCodeIsOurs() throws Exception {
        Path idFile = Files.writeString(dir.resolve("old-id"), "old");
        String message = "The command '/bin/sh -c echo almost; exit 9' returned a non-zero code: 9\n";
        String excerpt = """
                almost
                Dockerfile:9
                --------------------
                   7 |     RUN cd /context && find . | sort | busybox tr '\\n' ' ' && cat /who
                   8 |     FROM base AS broken
                   9 | >>> RUN echo almost; exit 9
                  10 |    \s
                --------------------
                """;
        Command failed = berth("build", "--iidfile", idFile.toString(), "-t", "broken", context.toString());
        assertThat(failed.exitedWith(9).err()).endsWith(excerpt + message);
        assertThat(failed.out()).isEmpty();
        assertThat(idFile).doesNotExist();
        assertThat(berth("build", "-q", context.toString()).exitedWith(9).err()).endsWith(excerpt + message);
        assertThat(berth("images", "-q", "broken").succeeded().out()).isEmpty();

        file("Dockerfile", "FROM box\nRUNN x\n");
        assertThat(berth("build", context.toString()).exitedWith(1).err())
                .contains("dockerfile parse error on line 2: unknown instruction: RUNN", ">>> RUNN x");
    }

    @Test
    void aDockerfileComesFromElsewhereOrFromStandardInput() throws Exception {
        Path other = Files.writeString(dir.resolve("Other.Dockerfile"), "FROM box\nCOPY . /c\nRUN ls -aC /c\n");
        assertThat(berth("build", "-f", other.toString(), context.toString())
                        .succeeded()
                        .err())
                .containsPattern("\\n\\. +\\.\\. +\\.dockerignore +left +one\\n");
        assertThat(berthWithInput(
                                "FROM box\nCOPY left/in /\nRUN echo $((6 * 7))", "build", "-f", "-", context.toString())
                        .succeeded()
                        .err())
                .contains("\n42\n");
        assertThat(berthWithInput("FROM box\nRUN echo $((6 * 9))\n", "build", "-")
                        .succeeded()
                        .err())
                .contains("\n54\n");
    }

    @Test
    void anArchiveComesFromStandardInputOrFromAnAddress() throws Exception {
        Path tar = dir.resolve("context.tar.gz");
        Command.run(Map.of(), "tar", "-C", context.toString(), "-czf", tar.toString(), ".")
                .succeeded();
        byte[] archive = Files.readAllBytes(tar);
        assertThat(berth(archive, "build", "--target", "shown", "-").succeeded().err())
                .contains("\n. ./.dockerignore ./left ./left/in ./one it is nobody, \n");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/context.tar.gz", exchange -> {
            exchange.sendResponseHeaders(200, archive.length);
            exchange.getResponseBody().write(archive);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort() + "/context.tar.gz";
            assertThat(berth("build", "--target", "base", "-t", "remote", address)
                            .succeeded()
                            .err())
                    .contains("Successfully tagged remote:latest\n");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void aSecretIsThereForItsStepAndNowhereElse() throws Exception {
        Path secret = Files.writeString(dir.resolve("secret"), "opensesame");
        file("Dockerfile", """
                FROM box
                RUN --mount=type=secret,id=file --mount=type=secret,id=variable,env=VARIABLE \\
                    cat /run/secrets/file | busybox tr a-z A-Z; echo " $VARIABLE" | busybox tr a-z A-Z
                RUN ls /run/secrets 2>&1 | tail -n 1
                """);
        assertThat(berth(
                                "build",
                                "-t",
                                "secretive",
                                "--secret",
                                "id=file,src=" + secret,
                                "--secret",
                                "id=variable,env=HERE",
                                context.toString())
                        .succeeded()
                        .err())
                .contains("OPENSESAME FROM OUTSIDE\n")
                .doesNotContain("opensesame");
        assertThat(berth("history", "--no-trunc", "secretive").succeeded().out())
                .doesNotContain("opensesame");
        assertThat(berth("build", "--secret", "id=none,src=/none", context.toString())
                        .exitedWith(1)
                        .err())
                .isEqualTo("invalid secret \"id=none,src=/none\": failed to stat /none: no such file\n");
    }

    @Test
    @Needs(Need.DOCKER_REGISTRY)
    void whatWasBuiltIsPushedByEachOfItsNames() throws Exception {
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String name = registry.domain() + "/app";
            Path metadata = dir.resolve("pushed");
            berth(
                            "build",
                            "--push",
                            "-t",
                            name + ":1",
                            "-t",
                            name + ":2",
                            "--target",
                            "base",
                            "--metadata-file",
                            metadata.toString(),
                            context.toString())
                    .succeeded();
            berth("rmi", name + ":1", name + ":2").succeeded();
            String pulled = berth("pull", name + ":1").succeeded().out();
            String digest = pulled.substring(pulled.indexOf("Digest: ") + 8)
                    .lines()
                    .findFirst()
                    .orElseThrow();
            assertThat(Files.readString(metadata)).contains("\"containerimage.digest\": \"" + digest + "\"");
            berth("rmi", name + ":1").succeeded();
        }
    }

    @Test
    void whoTheUserIsToRegistriesComesWithTheBuild() throws Exception {
        try (LoginRegistry registry = LoginRegistry.start()) {
            String pair = Base64.getEncoder()
                    .encodeToString(("alice:" + LoginRegistry.PASSWORD).getBytes(StandardCharsets.UTF_8));
            Path config = Files.createDirectories(dir.resolve("config"));
            Files.writeString(
                    config.resolve("config.json"),
                    "{\"auths\":{\"" + registry.domain() + "\":{\"auth\":\"" + pair + "\"}}}");
            file("Dockerfile", "FROM " + registry.domain() + "/none\n");
            assertThat(berth("--config", config.toString(), "build", context.toString())
                            .exitedWith(1)
                            .err())
                    .contains(registry.domain() + "/none");
            assertThat(registry.tokenRequests()).isNotEmpty();
        }
    }

    @Test
    @Needs(Need.TMUX)
    void aTerminalShowsStepsWithTheirTimes() throws Exception {
        file("Dockerfile", "FROM box\nRUN echo working; sleep 1\nRUN echo ohoh; exit 3\n");
        Path script = Files.writeString(
                dir.resolve("build.sh"),
                "exec '%s' --enable-native-access=ALL-UNNAMED -cp '%s' dev.berth.cli.Main build '%s'\n"
                        .formatted(
                                Path.of(System.getProperty("java.home"), "bin", "java"),
                                System.getProperty("java.class.path"),
                                context));
        try (Tmux tmux = Tmux.start(dir.resolve("tmux"), Map.of("DOCKER_HOST", daemon.host()))) {
            tmux.type("sh " + script + "; echo code=$?");
            tmux.sees(" => => # working");
            tmux.sees(" => ERROR [3/3] RUN echo ohoh; exit 3");
            tmux.sees("> [3/3] RUN echo ohoh; exit 3:\nohoh\n------");
            tmux.sees(" ERROR\nThe command '/bin/sh -c echo ohoh; exit 3' returned a non-zero code: 3\ncode=3");
        }
    }

    @Test
    void whatStepsCameToIsCountedAndForgotten() throws Exception {
        berth("build", "-q", "--target", "base", "--build-arg", "WHO=cached", context.toString())
                .succeeded();
        assertThat(berth("system", "df", "--format", "{{.Type}} {{.TotalCount}}")
                        .succeeded()
                        .out())
                .containsPattern("Build Cache [1-9]");
        assertThat(berth("builder", "prune", "-af").succeeded().out())
                .startsWith("Deleted build cache objects:\n")
                .contains("Total:\t");
        assertThat(berth("system", "df", "--format", "{{.Type}} {{.TotalCount}}")
                        .succeeded()
                        .out())
                .contains("Build Cache 0\n");
    }

    @Test
    void whatIsNotThereIsRefusedByName() throws Exception {
        assertThat(berth("build", "--squash", context.toString()).exitedWith(1).err())
                .isEqualTo("--squash is not supported by this builder: build without it\n");
        assertThat(berth("build").exitedWith(1).err()).isEqualTo("""
                        berth: 'berth build' requires 1 argument

                        Usage:  berth build [OPTIONS] PATH | URL | -

                        Run 'berth build --help' for more information
                        """);
        assertThat(berth("build", "--target", "none", context.toString())
                        .exitedWith(1)
                        .err())
                .contains("target", "none");
    }

    private Command berth(String... words) {
        return berthWithInput("", words);
    }

    private Command berthWithInput(String input, String... words) {
        return berth(input.getBytes(StandardCharsets.UTF_8), words);
    }

    private Command berth(byte[] input, String... words) {
        return Command.berth(
                Map.of("DOCKER_HOST", daemon.host(), "HOME", dir.toString(), "HERE", "from outside"), input, words);
    }
}
