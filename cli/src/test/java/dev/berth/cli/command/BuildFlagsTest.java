package dev.berth.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import dev.berth.cli.build.BuildContext;
import dev.berth.cli.flag.Flag;
import dev.berth.cli.flag.Flags;
import dev.berth.cli.json.Json;
import java.net.StandardProtocolFamily;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildFlagsTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("HERE", "mine", "EMPTY", "", "SOURCE_DATE_EPOCH", "12");

    private static Optional<String> variable(String name) {
        return Optional.ofNullable(ENVIRONMENT.get(name));
    }

    private static Flags parsed(String... words) {
        List<Flag> known = new ArrayList<>(BuildFlags.ALL);
        known.addAll(BuildFlags.ABSENT);
        known.addAll(BuildAttestations.FLAGS);
        known.addAll(JarBuild.FLAGS);
        return Flags.parse(known, List.of(words), true);
    }

    private static BuildFlags flags(String... words) {
        return new BuildFlags(parsed(words), BuildFlagsTest::variable);
    }

    /** The query's values by their names, several of one parted by commas. */
    private static Map<String, String> query(String... words) {
        String query = flags(words)
                .query(
                        new BuildContext(
                                "sub/Dockerfile", Optional.empty(), Optional.empty(), Optional.empty(), _ -> {}),
                        BuildOutputs.of(parsed(words)));
        assertThat(query).startsWith("?");
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : query.substring(1).split("&")) {
            String[] sides = pair.split("=", 2);
            values.merge(sides[0], URLDecoder.decode(sides[1], StandardCharsets.UTF_8), (a, b) -> a + "," + b);
        }
        return values;
    }

    @Test
    void littleIsSaidWhereLittleIsAsked() {
        assertThat(query())
                .isEqualTo(Map.of(
                        "dockerfile",
                        "sub/Dockerfile",
                        "buildargs",
                        "{\"SOURCE_DATE_EPOCH\":\"12\"}",
                        "rm",
                        "1",
                        "result",
                        "1"));
    }

    @Test
    void argumentsAreGivenOrTakenFromTheEnvironmentOrTakenAway() {
        String[] words = {
            "--build-arg",
            "A=b=c",
            "--build-arg",
            "HERE",
            "--build-arg",
            "EMPTY",
            "--build-arg",
            "NONE",
            "--build-arg=SOURCE_DATE_EPOCH=7"
        };
        assertThat(query(words))
                .containsEntry(
                        "buildargs",
                        "{\"SOURCE_DATE_EPOCH\":\"7\",\"A\":\"b=c\",\"HERE\":\"mine\",\"EMPTY\":\"\",\"NONE\":null}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-t a -t b:2 | t | a,b:2",
                "--target x | target | x",
                "--label a=b --label c | labels | {\"a\":\"b\",\"c\":\"\"}",
                "--no-cache | nocache | 1",
                "--no-cache-filter a,b --no-cache-filter c | nocachefilter | a,b,c",
                "--pull | pull | 1",
                "--platform linux/arm64 | platform | linux/arm64",
                "--platform linux/amd64,linux/arm64 --platform linux/386 | platform | linux/amd64,linux/arm64,linux/386",
                "--network none | networkmode | none",
                "--add-host a:1.2.3.4 --add-host b=::1 | extrahosts | [\"a:1.2.3.4\",\"b:::1\"]",
                "--shm-size 1m | shmsize | 1048576",
                "-m 2g | memory | 2147483648",
                "--memory-swap -1 | memswap | -1",
                "-c 5 | cpushares | 5",
                "--cpu-period 6 | cpuperiod | 6",
                "--cpu-quota 7 | cpuquota | 7",
                "--cpuset-cpus 0-1 | cpusetcpus | 0-1",
                "--cpuset-mems 0 | cpusetmems | 0",
                "--cgroup-parent /x | cgroupparent | /x",
                "--ulimit nofile=1:2 | ulimits | [{\"Name\":\"nofile\",\"Soft\":1,\"Hard\":2}]",
                "--security-opt a --security-opt b | securityopt | [\"a\",\"b\"]",
                "--rm=false | rm | 0",
                "--force-rm | forcerm | 1",
                "--provenance true | provenance | min",
                "--provenance mode=max | provenance | max",
                "--attest type=provenance,mode=max --provenance=mode=min | provenance | min",
                "--attest type=sbom | sbom | 1",
                "--sbom true | sbom | 1",
                "-o out -t a | keep | 0",
                "-o out -o type=image,name=b -t a | t | a,b"
            })
    void aFlagIsAParameter(String words, String name, String value) {
        assertThat(query(words.split(" "))).containsEntry(name, value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--builder mine", "--compress", "--isolation hyperv", "--squash"})
    void whatIsNotThereIsRefusedByName(String words) {
        assertThatThrownBy(() -> flags(words.split(" ")).check())
                .isInstanceOf(CliException.class)
                .hasMessage(words.split(" ")[0] + " is not supported by this builder: build without it");
    }

    @Test
    void whatAsksForNothingIsTaken() {
        flags(
                        "--provenance=false",
                        "--sbom=false",
                        "--squash=false",
                        "--builder=default",
                        "--output=type=image",
                        "--load")
                .check();
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() {
        assertThat(query("--attest", "type=sbom", "--sbom", "false")).doesNotContainKey("sbom");
        assertThatThrownBy(() -> query("--attest", "type=other"))
                .hasMessage("invalid attest \"type=other\": type is sbom or provenance");
        assertThatThrownBy(() -> query("--provenance", "mode=full"))
                .hasMessage("invalid provenance \"mode=full\": mode is min or max, of provenance");
        assertThatThrownBy(() -> query("--sbom", "generator=x"))
                .hasMessage("invalid sbom \"generator=x\": generator is not supported");
        assertThatThrownBy(() -> flags("--env", "A=b").check()).hasMessage("--env can only be used with --jar");
        assertThatThrownBy(() -> BuildFlags.checkForJar(Flags.parse(BuildFlags.ALL, List.of("--target", "x"), true)))
                .hasMessageContaining("--target is for builds from Dockerfiles");
        assertThatThrownBy(() -> flags("--no-cache", "--no-cache-filter", "x").check())
                .hasMessage("--no-cache and --no-cache-filter cannot currently be used together");
        assertThatThrownBy(() -> flags("--allow", "security.insecure").check())
                .hasMessage("--allow security.insecure: this builder grants no such entitlement");
        flags("--allow", "network.host").check();
        assertThatThrownBy(() -> query("--build-arg", "=x")).hasMessageContaining("invalid environment variable: =x");
        assertThatThrownBy(() -> query("--add-host", "x")).hasMessageContaining("bad format for add-host");
    }

    @Test
    void secretsAreFilesAndVariables(@TempDir Path dir) throws Exception {
        Path file = Files.writeString(dir.resolve("f"), "of a file");
        Map<String, String> header = BuildSecrets.header(
                List.of("id=a,src=" + file, "id=b,env=HERE", "id=HERE", "type=env,id=c,source=EMPTY"),
                BuildFlagsTest::variable);
        assertThat(header).containsOnlyKeys("X-Berth-Secrets");
        var secrets = Json.parse(
                Base64.getUrlDecoder().decode(header.values().iterator().next()));
        assertThat(secrets.map().keySet()).containsExactly("a", "b", "HERE", "c");
        assertThat(Base64.getDecoder().decode(secrets.text("a"))).asString().isEqualTo("of a file");
        assertThat(Base64.getDecoder().decode(secrets.text("b"))).asString().isEqualTo("mine");
        assertThat(Base64.getDecoder().decode(secrets.text("HERE"))).asString().isEqualTo("mine");
        assertThat(secrets.text("c")).isEmpty();
        assertThat(BuildSecrets.header(List.of(), BuildFlagsTest::variable)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "src=x | secret missing ID",
                "id=x,what=y | unexpected key 'what' in 'what=y'",
                "id=x,y | invalid field 'y' must be a key=value pair",
                "id=x,type=magic | unsupported secret type \"magic\"",
                "id=x,env=NONE | the variable NONE is not set",
                "id=x,src=/none/there | failed to stat /none/there: no such file"
            })
    void aSecretThatMakesNoSenseIsRefused(String flag, String why) {
        assertThatThrownBy(() -> BuildSecrets.header(List.of(flag), BuildFlagsTest::variable))
                .hasMessage("invalid secret \"" + flag + "\": " + why);
    }

    @Test
    void agentsAreNamedByTheirSockets(@TempDir Path dir) throws Exception {
        Path socket = dir.resolve("agent");
        Path key = Files.writeString(dir.resolve("key"), "");
        try (ServerSocketChannel agent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            agent.bind(UnixDomainSocketAddress.of(socket));
            Map<String, String> header =
                    BuildAgents.header(List.of("default", "other=" + socket), _ -> Optional.of(socket.toString()));
            assertThat(Base64.getUrlDecoder().decode(header.get("X-Berth-Ssh")))
                    .asString()
                    .isEqualTo("{\"default\":\"" + socket + "\",\"other\":\"" + socket + "\"}");
        }
        assertThat(BuildAgents.header(List.of(), _ -> Optional.empty())).isEmpty();
        assertThatThrownBy(() -> BuildAgents.header(List.of("default"), _ -> Optional.empty()))
                .hasMessage("invalid empty ssh agent socket: make sure SSH_AUTH_SOCK is set");
        assertThatThrownBy(() -> BuildAgents.header(List.of("x=" + key), _ -> Optional.empty()))
                .hasMessageContaining("is no agent's socket")
                .hasMessageContaining("ssh-add " + key);
        assertThatThrownBy(() -> BuildAgents.header(List.of("x=" + dir.resolve("none")), _ -> Optional.empty()))
                .hasMessageContaining("no such file");
    }
}
