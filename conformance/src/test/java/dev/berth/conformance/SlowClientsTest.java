package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients who do not take what comes: each holds a bounded share of memory, and nobody else waits for them. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX})
@LeavesNothingBehind
class SlowClientsTest {
    private static final long MIB = 1 << 20;

    @Test
    void clientsWhoDoNotReadHoldNoMoreThanTheirShare(@TempDir Path dir) throws Exception {
        int clients = 20;
        try (DaemonProcess daemon = DaemonProcess.start(dir)) {
            SdkHost.importImage(daemon, dir);
            daemon.docker(
                            "run",
                            "-d",
                            "--network",
                            "none",
                            "--name",
                            "printer",
                            "--log-opt",
                            "max-size=4m",
                            SdkHost.IMAGE,
                            "sh",
                            "-c",
                            "while true; do seq 1 100000; done")
                    .succeeded();
            long before = daemon.residentBytes();
            List<RawConnection> slow = new ArrayList<>();
            try {
                for (int i = 0; i < clients; i++) {
                    slow.add(RawConnection.to(daemon).request("GET", "/containers/printer/logs?follow=1&stdout=1"));
                    slow.add(RawConnection.to(daemon).request("GET", "/containers/printer/export"));
                    slow.add(RawConnection.to(daemon).request("GET", "/images/busybox:test/get"));
                    slow.add(RawConnection.to(daemon)
                            .request("POST", "/containers/printer/attach?stream=1&stdout=1&logs=1"));
                    slow.add(RawConnection.to(daemon).request("GET", "/events?since=1"));
                }
                Thread.sleep(2_000); // all that they could be sent in that time
                long most = daemon.residentBytes();
                System.out.printf(
                        "%d clients who do not read: resident before %d MiB, with them %d MiB%n",
                        slow.size(), before / MIB, most / MIB);
                assertThat(most - before).isLessThan(160 * MIB);
                assertThat(daemon.docker("ps", "--format", "{{.Names}}")
                                .succeeded()
                                .out())
                        .isEqualTo("printer\n");
            } finally {
                slow.forEach(RawConnection::close);
            }
            daemon.docker("rm", "-f", "printer").succeeded();
        }
    }
}
