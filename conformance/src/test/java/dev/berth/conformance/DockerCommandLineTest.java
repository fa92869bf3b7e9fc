package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import dev.berth.testing.RegistryProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The official docker command line, unmodified, with DOCKER_HOST at our socket: the verbs of a working day. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.DOCKER_REGISTRY, Need.BUSYBOX, Need.TMUX})
@LeavesNothingBehind
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerCommandLineTest {
    private static final String IMAGE = "busybox:test";

    private Path dir;

    private DaemonProcess daemon;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        dir = temporary;
        daemon = DaemonProcess.start(dir.resolve("engine"));
        Path tar = BoxTar.make(dir);
        daemon.docker("import", "--change", "CMD [\"sh\"]", tar.toString(), IMAGE)
                .succeeded();
    }

    @AfterAll
    void stop() throws Exception {
        daemon.close();
    }

    @Test
    void runGivesTheContainersOutputAndExitCode() {
        assertThat(docker("run", "--rm", "--network", "none", IMAGE, "echo", "hello"))
                .isEqualTo("hello\n");
        daemon.docker("run", "--rm", "--network", "none", IMAGE, "sh", "-c", "exit 42")
                .exitedWith(42);
        Command both = daemon.docker("run", "--rm", "--network", "none", IMAGE, "sh", "-c", "echo out; echo err >&2");
        assertThat(both.out()).isEqualTo("out\n");
        assertThat(both.err()).isEqualTo("err\n");
    }

    @Test
    void aMissingProgramIs127AndOneThatCannotRunIs126() {
        assertThat(daemon.docker("run", "--rm", "--network", "none", IMAGE, "no-such-program")
                        .exitedWith(127)
                        .err())
                .contains("executable file not found in $PATH");
        assertThat(daemon.docker("run", "--rm", "--network", "none", IMAGE, "/etc/passwd")
                        .exitedWith(126)
                        .err())
                .contains("permission denied");
        daemon.docker("run", "--rm", "--no-such-flag", IMAGE).exitedWith(125);
    }

    @Test
    void inputIsPipedThrough() {
        assertThat(daemon.dockerWithInput("one\ntwo\n", "run", "--rm", "-i", "--network", "none", IMAGE, "wc", "-l")
                        .succeeded()
                        .out()
                        .strip())
                .isEqualTo("2");
    }

    @Test
    void aDetachedContainerIsFollowedEnteredInspectedStoppedAndRemoved() throws Exception {
        String id = docker(
                        "run",
                        "-d",
                        "--network",
                        "none",
                        "--name",
                        "loud",
                        IMAGE,
                        "sh",
                        "-c",
                        "trap 'echo bye; exit 3' TERM; i=0; while true; do echo line $i; i=$((i+1)); sleep 0.05; done")
                .strip();
        assertThat(id).matches("[0-9a-f]{64}");
        assertThat(docker("ps", "--format", "{{.Names}} {{.Image}} {{.State}}")).contains("loud " + IMAGE + " running");
        ProcessBuilder logs = new ProcessBuilder("docker", "logs", "-f", "loud")
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("followed").toFile());
        logs.environment().putAll(daemon.dockerEnvironment());
        Process follow = logs.start();
        Command.eventually(
                "the log to be followed",
                () -> Command.read(dir.resolve("followed")).contains("line 3\n"));
        assertThat(docker("exec", "loud", "cat", "/proc/1/comm")).isEqualTo("sh\n");
        assertThat(docker("inspect", "--format", "{{.State.Status}} {{.HostConfig.NetworkMode}} {{.Id}}", "loud"))
                .isEqualTo("running none " + id + "\n");
        docker("stop", "loud");
        assertThat(follow.waitFor(10, TimeUnit.SECONDS))
                .as("logs -f ends with the container")
                .isTrue();
        assertThat(Command.read(dir.resolve("followed")))
                .startsWith("line 0\nline 1\n")
                .endsWith("bye\n");
        assertThat(docker("inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", "loud"))
                .isEqualTo("exited 3\n");
        docker("rm", "-f", "loud");
        assertThat(daemon.docker("inspect", "loud").exitCode()).isEqualTo(1);
    }

    @Test
    void aTerminalBehavesAsOne() throws Exception {
        try (Tmux tmux = Tmux.start(dir.resolve("tmux"), daemon.dockerEnvironment())) {
            tmux.type("docker run -it --rm --network none --hostname box " + IMAGE + " sh; echo code=$?");
            tmux.sees("/ #");
            tmux.type("tty; stty size; echo on-$(hostname)");
            tmux.sees("/dev/pts/0");
            tmux.sees("30 100");
            tmux.sees("on-box");
            tmux.type("exit 7");
            tmux.sees("code=7");
        }
    }

    @Test
    void aTerminalIsOpenedInARunningContainer() throws Exception {
        docker("run", "-d", "--network", "none", "--name", "entered", IMAGE, "sleep", "1000");
        try (Tmux tmux = Tmux.start(dir.resolve("tmux2"), daemon.dockerEnvironment())) {
            tmux.type("docker exec -it entered sh");
            tmux.sees("/ #");
            tmux.type("test -t 0 && echo is-a-terminal-$((40+2)); exit");
            tmux.sees("is-a-terminal-42");
        }
        docker("rm", "-f", "entered");
    }

    @Test
    void imagesAreListedSavedRemovedLoadedTaggedPushedAndPulled() throws Exception {
        assertThat(docker("images", "--format", "{{.Repository}}:{{.Tag}}")).contains(IMAGE);
        docker("tag", IMAGE, "busybox:copy");
        Path archive = dir.resolve("busybox-image.tar");
        docker("save", "-o", archive.toString(), "busybox:copy");
        docker("rmi", "busybox:copy");
        assertThat(docker("load", "-i", archive.toString())).contains("Loaded image: busybox:copy");
        try (RegistryProcess registry = RegistryProcess.start(dir.resolve("registry"))) {
            String remote = registry.domain() + "/team/busybox:1";
            docker("tag", IMAGE, remote);
            assertThat(docker("push", remote)).contains("digest: sha256:");
            docker("rmi", remote);
            assertThat(docker("pull", remote)).contains("Status: Downloaded newer image for " + remote);
            assertThat(docker("pull", remote)).contains("Status: Image is up to date for " + remote);
            assertThat(daemon.docker("pull", registry.domain() + "/team/busybox:none")
                            .exitedWith(1)
                            .err())
                    .contains("not found");
        }
    }

    @Test
    void eventsTellTheLifeOfAContainer() throws Exception {
        docker("run", "--rm", "--network", "none", "--name", "eventful", IMAGE, "true");
        // The command line rounds the end down to a second: what has just happened is told in the next.
        Command.eventually("the last event", () -> actionsOf("eventful").contains("destroy"));
        assertThat(actionsOf("eventful")).containsSubsequence("create", "attach", "start", "die", "destroy");
    }

    private List<String> actionsOf(String container) {
        return docker(
                        "events",
                        "--since",
                        "1m",
                        "--until",
                        "0s",
                        "--filter",
                        "container=" + container,
                        "--format",
                        "{{.Action}}")
                .lines()
                .toList();
    }

    @Test
    void theHostIsDescribed() throws IOException {
        assertThat(docker("info", "--format", "{{.KernelVersion}} {{.NCPU}}"))
                .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/osrelease"))
                                .strip() + " " + Runtime.getRuntime().availableProcessors() + "\n");
        assertThat(docker("version", "--format", "{{.Server.Os}}")).isEqualTo("linux\n");
    }

    @Test
    void theVersionIsThatOfDockerWhoseApiIsSpokenWithOursBehindIt() {
        assertThat(docker("version", "--format", "{{.Server.Version}}, {{.Server.Platform.Name}}"))
                .isEqualTo("28.0.4+berth0.1.0, Berth 0.1.0\n");
        assertThat(docker("info", "--format", "{{.ServerVersion}}")).isEqualTo("28.0.4+berth0.1.0\n");
    }

    private String docker(String... args) {
        return daemon.docker(args).succeeded().out();
    }
}
