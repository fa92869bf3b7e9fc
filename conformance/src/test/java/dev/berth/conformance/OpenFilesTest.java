package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that may open few files: clear errors, no spinning, nothing half made, and all well again when some are closed. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX})
@LeavesNothingBehind
class OpenFilesTest {
    private static final List<String> FEW = List.of("prlimit", "--nofile=512:512");
    private static final int MANY = 400;

    @Test
    void tooManyConnectionsAreRefusedAndTheRestIsServed(@TempDir Path dir) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startUnder(FEW, dir, "--live-restore=false")) {
            SdkHost.importImage(daemon, dir);
            run(daemon);
            int filesBefore = daemon.openFiles();
            List<RawConnection> connections = new ArrayList<>();
            try {
                int refused = 0;
                for (int i = 0; i < MANY; i++) {
                    RawConnection connection = RawConnection.to(daemon);
                    connections.add(connection);
                    if (connection.trySend("GET /_ping HTTP/1.1\r\nHost: x\r\n\r\n")
                            && connection.readUntil("\r\n\r\n").startsWith("HTTP/1.1 200")) {
                        continue;
                    }
                    refused++;
                }
                assertThat(refused).as("connections refused of " + MANY).isBetween(MANY / 4, MANY - 10);
                // Those who are in are served, with all that a container needs.
                assertThat(connections
                                .getFirst()
                                .request("GET", "/containers/json")
                                .readUntil("\r\n\r\n[]"))
                        .startsWith("HTTP/1.1 200");
                Duration used = daemon.processorTime();
                Thread.sleep(1_000);
                assertThat(daemon.processorTime().minus(used))
                        .as("processor time of a second in which nothing is asked")
                        .isLessThan(Duration.ofMillis(700));
            } finally {
                connections.forEach(RawConnection::close);
            }
            Command.eventually("the connections to be forgotten", () -> daemon.openFiles() <= filesBefore + 4);
            run(daemon);
        }
    }

    @Test
    void aContainerThatFindsNoFilesLeftFailsClearlyAndLeavesNothing(@TempDir Path dir) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.startUnder(FEW, dir, "--live-restore=false")) {
            SdkHost.importImage(daemon, dir);
            run(daemon);
            daemon.docker("run", "--rm", "--network", "none", SdkHost.IMAGE, "no-such-program")
                    .exitedWith(127);
            List<String> started = new ArrayList<>();
            String refusal = "";
            while (refusal.isEmpty() && started.size() < 256) {
                String name = "box" + started.size();
                Command next =
                        daemon.docker("run", "-d", "--network", "none", "--name", name, SdkHost.IMAGE, "sleep", "1000");
                if (next.exitCode() == 0) {
                    started.add(name);
                } else {
                    refusal = next.err();
                }
            }
            assertThat(started).as("containers that could be started").hasSizeGreaterThan(5);
            assertThat(refusal).containsIgnoringCase("too many open files");
            assertThat(daemon.docker("ps", "-q", "--filter", "status=running")
                            .succeeded()
                            .out()
                            .lines())
                    .as("containers that run")
                    .hasSameSizeAs(started);
            for (String name : started) {
                daemon.docker("rm", "-f", name).succeeded();
            }
            run(daemon);
            daemon.docker("container", "prune", "-f").succeeded();
            assertThat(daemon.docker("ps", "-aq").succeeded().out()).isEmpty();
        }
    }

    private static void run(DaemonProcess daemon) {
        assertThat(daemon.docker("run", "--rm", "--network", "none", SdkHost.IMAGE, "echo", "well")
                        .succeeded()
                        .out())
                .isEqualTo("well\n");
    }
}
