package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.BusyboxTree;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers, a daemon that is stopped or killed, and the next one. */
@Needs({Need.ROOT, Need.BUSYBOX, Need.DOCKER_CLI})
@LeavesNothingBehind
class LiveRestoreTest {
    @TempDir
    Path dir;

    @Test
    void containersOutliveTheDaemonsEndAndItsDeathAndNoLineIsLostOrToldTwice() throws Exception {
        String script = "i=0; while [ $i -lt 60000 ]; do i=$((i+1)); echo $i; done; read end; exit 5";
        DaemonProcess daemon = DaemonProcess.start(dir, "--live-restore");
        BusyboxTree.make(dir.resolve("tree"));
        Command.run(
                        daemon.dockerEnvironment(),
                        "sh",
                        "-c",
                        "tar -C " + dir.resolve("tree") + " -c . | docker import - box")
                .succeeded();
        daemon.docker("run", "-di", "--network", "none", "--name", "numbers", "box", "sh", "-c", script)
                .succeeded();
        daemon.docker("run", "-d", "--network", "none", "--name", "idle", "box", "sleep", "1000")
                .succeeded();
        String pid = daemon.docker("inspect", "-f", "{{.State.Pid}}", "idle")
                .succeeded()
                .out();
        daemon.kill();
        daemon = DaemonProcess.start(dir, "--live-restore");
        assertThat(daemon.docker("info", "-f", "{{.LiveRestoreEnabled}}")
                        .succeeded()
                        .out())
                .isEqualTo("true\n");
        daemon.close();
        daemon = DaemonProcess.start(dir, "--live-restore");
        Thread.sleep(100);
        daemon.kill();
        try (DaemonProcess last = DaemonProcess.start(dir)) {
            assertThat(last.docker("inspect", "-f", "{{.State.Pid}}", "idle")
                            .succeeded()
                            .out())
                    .isEqualTo(pid);
            assertThat(last.docker("exec", "idle", "echo", "in").succeeded().out())
                    .isEqualTo("in\n");
            last.dockerWithInput("\n", "attach", "numbers");
            assertThat(last.docker("wait", "numbers").succeeded().out()).isEqualTo("5\n");
            assertThat(last.docker("logs", "numbers").succeeded().out())
                    .isEqualTo(IntStream.rangeClosed(1, 60000)
                            .mapToObj(i -> i + "\n")
                            .collect(Collectors.joining()));
            last.docker("rm", "-f", "numbers", "idle").succeeded();
        }
    }
}
