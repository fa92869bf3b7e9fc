package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes to registries and into archives: the official command line and ours do the same to one registry, and podman
 * and skopeo read what we save.
 */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKER_REGISTRY, Need.BUSYBOX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryCommandsTest {
    private static final String CREDENTIAL_PROGRAM = """
            #!/bin/sh
            # keeps one login in a file; knows the protocol of docker-credential-helpers
            kept="$BERTH_TEST_KEPT"
            case "$1" in
              store) cat >"$kept" ;;
              get) read -r server; grep -q "\\"$server\\"" "$kept" 2>/dev/null && cat "$kept" \\
                || { echo "credentials not found in native keychain"; exit 1; } ;;
              erase) rm -f "$kept" ;;
            esac
            """;

    private Path dir;
    private DaemonProcess daemon;
    private RegistryProcess registry;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        registry = RegistryProcess.start(dir.resolve("registry"));
        daemon = DaemonProcess.start(dir.resolve("engine"));
        Path tar = BoxTar.make(dir);
        for (String architecture : List.of("amd64", "arm64")) {
            daemon.docker("import", "--platform", "linux/" + architecture, tar.toString(), name(architecture + ":1"))
                    .succeeded();
            daemon.docker("push", "-q", name(architecture + ":1")).succeeded();
        }
    }

    @AfterAll
    void stop() throws Exception {
        daemon.close();
        registry.close();
    }

    private String name(String image) {
        return registry.domain() + "/" + image;
    }

    @Test
    void listsOfManifestsAreMadeAsDockerMakesThem() {
        List<String> docker = makeList("docker", "--insecure");
        List<String> berth = makeList("berth");
        assertThat(berth).isEqualTo(docker);
        assertThat(docker.getLast()).startsWith("sha256:");
    }

    /** What each step says, and the digest that the list has in the end. */
    private List<String> makeList(String client, String... insecure) {
        String list = name("list:" + client);
        List<String> said = new ArrayList<>();
        String flag = insecure.length == 0 ? "--insecure=false" : insecure[0];
        said.add(manifest(client, "create", flag, list, name("amd64:1"), name("arm64:1")));
        said.add(manifest(client, "create", flag, list, name("amd64:1")));
        said.add(manifest(client, "annotate", "--variant", "v8", list, name("arm64:1")));
        said.add(manifest(client, "annotate", list, name("nothing:1")));
        said.add(manifest(client, "inspect", list));
        said.add(manifest(client, "inspect", flag, name("amd64:1")));
        said.add(manifest(client, "push", flag, "--purge", list));
        said.add(manifest(client, "inspect", flag, list));
        said.add(manifest(client, "rm", list));
        said.add(manifest(client, "inspect", flag, name("nothing:1")));
        said.add(digestOf(list));
        return said;
    }

    private String manifest(String client, String verb, String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "manifest";
        all[1] = verb;
        System.arraycopy(words, 0, all, 2, words.length);
        Command command = client.equals("docker") ? daemon.docker(all) : daemon.berth(all);
        return (command.exitCode() + "\n" + command.out() + command.err()).replace("list:" + client, "list:1");
    }

    private String digestOf(String image) {
        daemon.docker("pull", "-q", image).succeeded();
        return daemon.docker("image", "inspect", "--format", "{{.Descriptor.Digest}}", image)
                .succeeded()
                .out()
                .strip();
    }

    @Test
    @Needs({Need.SKOPEO, Need.PODMAN})
    void podmanAndSkopeoReadAnArchiveOfTwoPlatforms() throws Exception {
        String list = name("both:1");
        daemon.berth("manifest", "create", list, name("amd64:1"), name("arm64:1"))
                .succeeded();
        daemon.berth("manifest", "push", list).succeeded();
        for (String platform : List.of("linux/amd64", "linux/arm64")) {
            daemon.docker("pull", "-q", "--platform", platform, list).succeeded();
        }
        assertThat(daemon.berth("images", "--tree", "--filter", "reference=" + list)
                        .succeeded()
                        .out())
                .contains("├─ linux/amd64", "└─ linux/arm64");
        Path archive = dir.resolve("both.tar");
        daemon.docker("save", "-o", archive.toString(), list).succeeded();
        assertThat(ImageTools.skopeo("inspect", "--raw", "oci-archive:" + archive))
                .contains("\"amd64\"", "\"arm64\"");
        ImageTools.skopeo("copy", "-q", "--all", "oci-archive:" + archive, "dir:" + dir.resolve("skopeo-all"));
        ImageTools.skopeo("copy", "-q", "docker-archive:" + archive, "dir:" + dir.resolve("skopeo-docker"));
        ImageTools tools = new ImageTools(dir);
        assertThat(tools.podman("load", "-q", "-i", archive.toString())).contains(list);
        assertThat(tools.podman("image", "inspect", "--format", "{{.Os}}", list))
                .isEqualTo("linux\n");
        tools.podman("rmi", "-f", list);
        daemon.docker("rmi", list).succeeded();
        assertThat(daemon.docker("load", "-i", archive.toString()).succeeded().out())
                .isEqualTo("Loaded image: " + list + "\n");
        for (String architecture : List.of("amd64", "arm64")) {
            assertThat(daemon.berth(
                                    "image",
                                    "inspect",
                                    "--platform",
                                    "linux/" + architecture,
                                    "--format",
                                    "{{.Architecture}}",
                                    list)
                            .succeeded()
                            .out())
                    .isEqualTo(architecture + "\n");
        }
    }

    @Test
    void anIdentityTokenIsKeptInsteadOfThePassword() throws Exception {
        try (LoginRegistry wanted = LoginRegistry.start()) {
            Path config = Files.createDirectories(dir.resolve("token-config"));
            Command login = berth(
                    config,
                    LoginRegistry.PASSWORD,
                    "login",
                    "--username",
                    "alice",
                    "--password-stdin",
                    wanted.domain());
            assertThat(login.succeeded().out()).isEqualTo("Login Succeeded\n");
            assertThat(login.err()).contains("Your credentials are stored unencrypted in");
            String kept = Files.readString(config.resolve("config.json"));
            assertThat(kept)
                    .contains("\"identitytoken\": \"" + LoginRegistry.REFRESH_TOKEN + "\"")
                    .doesNotContain(LoginRegistry.PASSWORD);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(config.resolve("config.json"))))
                    .isEqualTo("rw-------");
            assertThat(berth(config, "", "login", wanted.domain()).succeeded().out())
                    .isEqualTo("Authenticating with existing credentials...\nLogin Succeeded\n");
            assertThat(berth(config, "", "pull", wanted.domain() + "/x:1")
                            .exitedWith(1)
                            .err())
                    .contains("manifest for " + wanted.domain() + "/x:1 not found");
            assertThat(wanted.tokenRequests().getLast()).contains("grant_type=refresh_token");
            assertThat(berth(config, "", "logout", wanted.domain()).succeeded().out())
                    .isEqualTo("Removing login credentials for " + wanted.domain() + "\n");
            assertThat(berth(config, "", "logout", wanted.domain()).succeeded().out())
                    .isEqualTo("Not logged in to " + wanted.domain() + "\n");
        }
    }

    @Test
    void aWrongPasswordIsRefusedAndNotKept() throws Exception {
        try (LoginRegistry wanted = LoginRegistry.start()) {
            Path config = Files.createDirectories(dir.resolve("wrong-config"));
            Command login = berth(config, "wrong", "login", "--username", "alice", "--password-stdin", wanted.domain());
            assertThat(login.exitedWith(1).err())
                    .contains("incorrect username or password")
                    .doesNotContain("wrong\"");
            assertThat(config.resolve("config.json")).doesNotExist();
            assertThat(berth(config, "x", "login", "--password-stdin", wanted.domain())
                            .exitedWith(1)
                            .err())
                    .isEqualTo("Must provide --username with --password-stdin\n");
            assertThat(berth(config, "", "login", wanted.domain()).exitedWith(1).err())
                    .contains("Cannot perform an interactive login from a non TTY device");
        }
    }

    @Test
    void aCredentialProgramKeepsWhatTheFileDoesNot() throws Exception {
        try (LoginRegistry wanted = LoginRegistry.start()) {
            Path config = Files.createDirectories(dir.resolve("program-config"));
            Path program = Files.createDirectories(dir.resolve("bin")).resolve("docker-credential-berthtest");
            Files.writeString(program, CREDENTIAL_PROGRAM);
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.writeString(
                    config.resolve("config.json"), "{\"credHelpers\":{\"" + wanted.domain() + "\":\"berthtest\"}}");
            berth(config, LoginRegistry.PASSWORD, "login", "--username", "alice", "--password-stdin", wanted.domain())
                    .succeeded();
            assertThat(Files.readString(config.resolve("config.json"))).doesNotContain(LoginRegistry.REFRESH_TOKEN);
            assertThat(Files.readString(dir.resolve("kept"))).contains(LoginRegistry.REFRESH_TOKEN, "<token>");
            berth(config, "", "pull", wanted.domain() + "/x:1").exitedWith(1);
            assertThat(wanted.tokenRequests().getLast()).contains("refresh_token=" + LoginRegistry.REFRESH_TOKEN);
            assertThat(berth(config, "", "logout", wanted.domain()).succeeded().out())
                    .startsWith("Removing login credentials");
            assertThat(dir.resolve("kept")).doesNotExist();
        }
    }

    /** Our command line with a configuration of its own. */
    private Command berth(Path config, String input, String... words) {
        Map<String, String> environment = new HashMap<>();
        environment.put("DOCKER_CONFIG", config.toString());
        environment.put("PATH", dir.resolve("bin") + ":" + System.getenv("PATH"));
        environment.put("BERTH_TEST_KEPT", dir.resolve("kept").toString());
        return daemon.berthWithInput(environment, input, words);
    }

    @Test
    void aPullWhoseClientGoesLeavesNothing() throws Exception {
        try (StallingRegistry slow = StallingRegistry.start(registry.domain())) {
            Path tar = dir.resolve("other.tar");
            Files.write(dir.resolve("noise"), new byte[1 << 20]);
            Command.run(Map.of(), "tar", "-C", dir.toString(), "-cf", tar.toString(), "noise")
                    .succeeded();
            String id = daemon.docker("import", tar.toString(), name("slow:1"))
                    .succeeded()
                    .out()
                    .strip();
            daemon.docker("push", "-q", name("slow:1")).succeeded();
            daemon.docker("rmi", name("slow:1")).succeeded();
            Snapshot before = Snapshot.of(daemon.dataRoot());
            ProcessBuilder builder = new ProcessBuilder("docker", "pull", slow.domain() + "/slow:1")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(daemon.dockerEnvironment());
            Process pull = builder.start();
            slow.awaitStall();
            pull.destroy();
            pull.waitFor();
            Command.eventually(
                    "the pull to leave nothing",
                    () -> Snapshot.of(daemon.dataRoot()).equals(before));
            daemon.docker("image", "inspect", id).exitedWith(1);
        }
    }

    /** The names of what the images of a data root consist of. */
    private record Snapshot(Set<String> files) {
        static Snapshot of(Path dataRoot) {
            Set<String> files = new TreeSet<>();
            for (String part : List.of("content", "l", "snapshots", "images", "names")) {
                try (Stream<Path> all = Files.walk(dataRoot.resolve(part), part.equals("l") ? 1 : 4)) {
                    all.forEach(file -> files.add(file.toString()));
                } catch (IOException | UncheckedIOException e) {
                    files.add(part + " is changing: " + e);
                }
            }
            return new Snapshot(files);
        }
    }
}
