package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.OrdinaryUser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A daemon that an ordinary user runs, with the official command line before it. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX, Need.USER_NAMESPACES})
@LeavesNothingBehind
class OrdinaryUserTest extends DaemonOfAUser {
    private static final String SERVE = "mkdir /www; echo hi > /www/index.html; exec busybox httpd -f -p 80 -h /www";

    @Override
    OrdinaryUser makeUser() throws Exception {
        return OrdinaryUser.make();
    }

    @Test
    void rootOfAContainerIsTheUserOutside() throws Exception {
        docker("run", "-d", "--name", "sleeper", "--network", "none", IMAGE, "sleep", "4711");
        assertThat(OrdinaryUser.processes()).anyMatch(process -> process.endsWith("busybox 4711"));
        assertThat(docker("exec", "sleeper", "id", "-u")).isEqualTo("0\n");
        assertThat(docker("top", "sleeper")).contains("sleep 4711");
        docker("rm", "-f", "sleeper");
        assertThat(OrdinaryUser.processes()).noneMatch(process -> process.endsWith("busybox 4711"));
    }

    @Test
    void aProgramThatIsToBeAnotherUserIsThatUserAndOwnsItsFiles() {
        docker("run", "-d", "--name", "other", "--network", "none", "-u", "999:998", IMAGE, "sleep", "1000");
        assertThat(docker("exec", "other", "sh", "-c", "touch /tmp/own; id -u; id -g; stat -c %u:%g /tmp/own /etc"))
                .isEqualTo("999\n998\n999:998\n999:998\n");
        assertThat(docker("exec", "-u", "0", "other", "sh", "-c", "id -u; stat -c %u /tmp/own"))
                .isEqualTo("0\n0\n");
        docker("rm", "-f", "other");
    }

    @Test
    void whatNamesAnotherUserDoesNothingAndSucceeds() {
        assertThat(box("touch /f && chown 5:6 /f && stat -c %u:%g /f")).isEqualTo("0:0\n");
    }

    @Test
    void standardInputTerminalsAndDevicesAreThere() {
        assertThat(daemon.dockerWithInput("one\n", "run", "--rm", "-i", "--network", "none", IMAGE, "cat")
                        .succeeded()
                        .out())
                .isEqualTo("one\n");
        assertThat(docker("run", "--rm", "-t", "--network", "none", IMAGE, "tty"))
                .isEqualTo("/dev/pts/0\r\n");
        assertThat(box("head -c 3 /dev/zero | wc -c; echo x > /dev/null; test -c /dev/urandom && echo there"))
                .isEqualTo("3\nthere\n");
    }

    @Test
    void containersMeetByNameAndPortsLeadToThem() throws Exception {
        docker("network", "create", "shop");
        docker("run", "-d", "--name", "web", "--network", "shop", "-p", "127.0.0.1::80", IMAGE, "sh", "-c", SERVE);
        Command.eventually(
                "the server to be met by its name",
                () -> daemon.docker("run", "--rm", "--network", "shop", IMAGE, "wget", "-qO-", "http://web/")
                        .out()
                        .equals("hi\n"));
        String address = docker("port", "web", "80/tcp").strip();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/"))
                    .build();
            assertThat(client.send(request, HttpResponse.BodyHandlers.ofString())
                            .body())
                    .isEqualTo("hi\n");
        }
        docker("stop", "-t", "0", "web");
        docker("rm", "web");
        docker("network", "rm", "shop");
    }

    @Test
    void theHostsNetworkIsTheHosts() {
        assertThat(docker("run", "--rm", "--network", "host", IMAGE, "ls", "/sys/class/net"))
                .contains("lo");
    }

    @Test
    void filesGoInAndOutAndLogsStopAndExitCodesAreAsEver() throws Exception {
        docker(
                "run",
                "-d",
                "--name",
                "loud",
                "--network",
                "none",
                IMAGE,
                "sh",
                "-c",
                "trap 'echo bye; exit 3' TERM; echo ready; while true; do sleep 0.05; done");
        Path given = Files.writeString(dir.resolve("given"), "given\n");
        docker("cp", given.toString(), "loud:/given");
        assertThat(docker("exec", "loud", "cat", "/given")).isEqualTo("given\n");
        docker("cp", "loud:/given", dir.resolve("taken").toString());
        assertThat(dir.resolve("taken")).hasContent("given\n");
        assertThat(docker("diff", "loud")).isEqualTo("A /given\n");
        Command.eventually(
                "the container to be ready", () -> docker("logs", "loud").contains("ready"));
        docker("stop", "loud");
        assertThat(docker("logs", "loud")).endsWith("bye\n");
        assertThat(docker("inspect", "--format", "{{.State.ExitCode}}", "loud")).isEqualTo("3\n");
        docker("rm", "loud");
    }

    @Test
    void anImageIsBuiltWhoseLayersTakeAwayAndReplaceWhatIsBelow() throws Exception {
        Path context = Files.createDirectories(dir.resolve("context"));
        Files.writeString(context.resolve("word"), "word\n");
        Files.writeString(context.resolve("Dockerfile"), """
                FROM busybox:test
                RUN mkdir /d && touch /d/old /gone && chown -R 33:33 /d
                COPY --chown=44:44 word /word
                RUN rm -r /d /gone && mkdir /d && touch /d/new
                USER 999
                CMD ["sh", "-c", "id -u; ls /d; cat /word; test -e /gone || echo gone"]
                """);
        docker("build", "-t", "built", context.toString());
        assertThat(docker("run", "--rm", "--network", "none", "built")).isEqualTo("999\nnew\nword\ngone\n");
        Path saved = dir.resolve("saved.tar");
        String id = docker("inspect", "--format", "{{.Id}}", "built");
        docker("save", "-o", saved.toString(), "built");
        docker("rmi", "built");
        docker("load", "-i", saved.toString());
        assertThat(docker("inspect", "--format", "{{.Id}}", "built")).isEqualTo(id);
        assertThat(docker("run", "--rm", "--network", "none", "built")).isEqualTo("999\nnew\nword\ngone\n");
    }

    @Test
    void stepsOfBuildsTellAptThatThereIsNobodyToFetchAsAndNothingOfThatIsInTheImage() throws Exception {
        Path context = Files.createDirectories(dir.resolve("apt"));
        Files.writeString(context.resolve("Dockerfile"), """
                FROM busybox:test
                RUN cp $APT_CONFIG /seen
                ENV APT_CONFIG=/etc/own
                RUN echo $APT_CONFIG >> /seen
                """);
        docker("build", "-t", "apt", context.toString());
        assertThat(docker("run", "--rm", "--network", "none", "apt", "cat", "/seen"))
                .isEqualTo("APT::Sandbox::User \"root\";\n/etc/own\n");
        docker("create", "--name", "apt", "apt");
        Path files = dir.resolve("apt.tar");
        docker("export", "-o", files.toString(), "apt");
        assertThat(Command.run(Map.of(), "tar", "-tf", files.toString())
                        .succeeded()
                        .out())
                .doesNotContain("apt.conf");
        docker("rm", "apt");
    }

    @Test
    void devicesOfAnImageAreEmptyFiles() {
        Path tree = dir.resolve("devices");
        Command.run(Map.of(), "sh", "-c", "mkdir " + tree + " && cd " + tree + """
                 && mknod -m 620 null c 1 3 && mknod disk b 7 0 && mknod pipe p && ln null other && tar -cf ../devices.tar .
                """)
                .succeeded();
        docker("import", dir.resolve("devices.tar").toString(), "devices");
        docker("create", "--name", "devices", "devices", "none");
        Path files = dir.resolve("files.tar");
        docker("export", "-o", files.toString(), "devices");
        assertThat(Command.run(Map.of(), "tar", "-tvf", files.toString())
                        .succeeded()
                        .out())
                .containsPattern("-rw--w---- .* 0 .* null")
                .containsPattern("-rw-r--r-- .* 0 .* disk")
                .containsPattern("prw-r--r-- .* pipe");
        docker("rm", "devices");
        docker("rmi", "devices");
    }

    @Test
    void whatOnlyTheHostsRootCanGiveIsRefusedByName() {
        refused("control groups", "run", "--rm", "-m", "64m", IMAGE);
        refused("--pid host", "run", "--rm", "--pid", "host", IMAGE);
        refused("--group-add", "run", "--rm", "--group-add", "5", IMAGE);
        refused("oom_score_adj", "run", "--rm", "--network", "none", "--oom-score-adj", "-500", IMAGE);
        assertThat(docker("ps", "-aq")).isEmpty();
    }

    private void refused(String word, String... args) {
        Command command = daemon.docker(args);
        assertThat(command.exitCode()).isNotZero();
        assertThat(command.err()).contains(word);
    }

    @Test
    void nothingRunsOnWhenTheDaemonIsKilledAndTheNextOneTellsSo() throws Exception {
        docker("run", "-d", "--name", "one", IMAGE, "sleep", "1000");
        docker("run", "-d", "--name", "two", "-u", "999", "--network", "none", IMAGE, "sleep", "1000");
        daemon.kill();
        Command.eventually("everything to end", () -> OrdinaryUser.processes().isEmpty());
        daemon = DaemonProcess.startAs(user, classPath);
        assertThat(docker("ps", "-a", "--format", "{{.Names}} {{.State}}")).contains("one exited", "two exited");
        docker("start", "one");
        docker("rm", "-f", "one", "two");
    }
}
