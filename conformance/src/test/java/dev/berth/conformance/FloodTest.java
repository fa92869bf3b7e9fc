package dev.berth.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of clients at once, well-behaved, pipelining, and talking nonsense. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX})
@LeavesNothingBehind
class FloodTest {
    private static final int CLIENTS = 300;
    private static final int REQUESTS = 20;
    private static final long MIB = 1 << 20;
    private static final List<String> NONSENSE = List.of(
            "\0\1\2\3\r\n\r\n",
            "GET\r\n\r\n",
            "GET /_ping HTTP/9.9\r\n\r\n",
            "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST /containers/create HTTP/1.1\r\nContent-Length: nine\r\n\r\n",
            "POST /containers/create HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST /containers/create HTTP/1.1\r\nContent-Length: 9\r\n\r\n{\"Image\":",
            "GET /" + "a".repeat(70_000) + " HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nX: " + "b".repeat(300_000) + "\r\n\r\n");

    @Test
    void aFloodIsAnsweredAndLeavesTheDaemonAsItWas(@TempDir Path dir) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(dir)) {
            SdkHost.importImage(daemon, dir);
            flood(daemon); // what is compiled and loaded once is no request's
            Command.eventually("memory to settle", () -> daemon.residentBytes() < 400 * MIB);
            long before = daemon.residentBytes();
            int filesBefore = daemon.openFiles();
            int answers = flood(daemon);
            assertThat(answers).isEqualTo(CLIENTS * REQUESTS * 2);
            Command.eventually("connections to be forgotten", () -> daemon.openFiles() <= filesBefore + 8);
            Command.eventually(
                    "memory to return to within 32 MiB of " + before / MIB + " MiB",
                    () -> daemon.residentBytes() < before + 32 * MIB);
            System.out.printf(
                    "a flood of %d requests on %d connections: resident before %d MiB, after %d MiB%n",
                    answers, CLIENTS * 3, before / MIB, daemon.residentBytes() / MIB);
            assertThat(daemon.docker("run", "--rm", "--network", "none", SdkHost.IMAGE, "echo", "well")
                            .succeeded()
                            .out())
                    .isEqualTo("well\n");
            assertThat(daemon.log()).doesNotContain("ERROR");
        }
    }

    /** How many requests were answered as they should be. */
    private static int flood(DaemonProcess daemon) throws Exception {
        List<Callable<Integer>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String nonsense = NONSENSE.get(i % NONSENSE.size());
            clients.add(() -> oneAfterTheOther(daemon));
            clients.add(() -> allAtOnce(daemon));
            clients.add(() -> nonsense(daemon, nonsense));
        }
        int answers = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> client : threads.invokeAll(clients)) {
                answers += client.get();
            }
        }
        return answers;
    }

    private static int oneAfterTheOther(DaemonProcess daemon) {
        try (RawConnection connection = RawConnection.to(daemon)) {
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(connection.request("GET", "/containers/json?all=1").readUntil("\r\n\r\n[]"))
                        .startsWith("HTTP/1.1 200 OK");
            }
        }
        return REQUESTS;
    }

    private static int allAtOnce(DaemonProcess daemon) {
        try (RawConnection connection = RawConnection.to(daemon)) {
            String one = "GET /images/none:such/json HTTP/1.1\r\nHost: x\r\n\r\n";
            connection.send(one.repeat(REQUESTS - 1) + one.replace("Host: x", "Connection: close"));
            return connection.readToEnd().split("HTTP/1\\.1 404 Not Found", -1).length - 1;
        }
    }

    /** It is refused, or waited for in vain: the connection ends, and nobody else notices. */
    private static int nonsense(DaemonProcess daemon, String nonsense) {
        try (RawConnection connection = RawConnection.to(daemon)) {
            connection.trySend(nonsense);
        }
        return 0;
    }

    @Test
    void nonsenseIsAnsweredWithWhatIsWrongWithIt(@TempDir Path dir) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(dir)) {
            for (String nonsense : NONSENSE) {
                try (RawConnection connection = RawConnection.to(daemon)) {
                    boolean incomplete = nonsense.endsWith("{\"Image\":");
                    if (connection.trySend(nonsense) && !incomplete) {
                        assertThat(connection.readUntil("\r\n\r\n"))
                                .as("%.40s", nonsense)
                                .containsPattern("^HTTP/1\\.1 (4\\d\\d|505) ");
                    }
                }
            }
            assertThat(daemon.docker("ps").exitCode()).isZero();
        }
    }
}
