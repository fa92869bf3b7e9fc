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

/** Thousands of clients who wait for output that does not come. */
@Needs({Need.ROOT, Need.DOCKER_CLI, Need.BUSYBOX})
@LeavesNothingBehind
class IdleStreamsTest {
    private static final int STREAMS = 4_000;
    private static final int WARM_UP = 200;
    private static final long MIB = 1 << 20;
    /** What a stream may take of the daemon while it is open: its connection, its threads' stacks, its buffers. */
    private static final long STREAM_BYTES = 128 << 10;

    private static final List<String> KINDS = List.of(
            "POST /containers/printer/attach?stream=1&stdout=1&stderr=1",
            "GET /containers/printer/logs?follow=1&stdout=1&stderr=1",
            "GET /events?filters=%7B%22container%22:%5B%22printer%22%5D%7D");

    @Test
    void fourThousandIdleStreamsTakeLittleAllHearWhatComesAndAreForgotten(@TempDir Path dir) throws Exception {
        try (DaemonProcess daemon = DaemonProcess.start(dir)) {
            SdkHost.importImage(daemon, dir);
            daemon.docker("run", "-d", "--network", "none", "--name", "printer", SdkHost.IMAGE, "sleep", "1000")
                    .succeeded();
            hear(daemon, WARM_UP); // what is compiled and loaded once is no stream's
            Command.eventually("the warm-up to be forgotten", () -> daemon.openFiles() < WARM_UP);
            long before = daemon.residentBytes();
            int filesBefore = daemon.openFiles();
            long open = hear(daemon, STREAMS);
            Command.eventually("the streams to be forgotten", () -> daemon.openFiles() <= filesBefore + 8);
            Command.eventually(
                    "memory to return to within 24 MiB of " + before / MIB + " MiB",
                    () -> daemon.residentBytes() < before + 24 * MIB);
            System.out.printf(
                    "%d idle streams: resident before %d MiB, with them %d MiB, after %d MiB%n",
                    STREAMS, before / MIB, open / MIB, daemon.residentBytes() / MIB);
            assertThat(open - before).as("bytes that the open streams took").isLessThan(STREAMS * STREAM_BYTES);
            daemon.docker("rm", "-f", "printer").succeeded();
        }
    }

    /** Opens streams of all kinds, has the container print and rename, and hears it on every one; gives the memory meanwhile. */
    private static long hear(DaemonProcess daemon, int count) throws Exception {
        List<RawConnection> streams = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                String[] request = KINDS.get(i % KINDS.size()).split(" ", -1);
                streams.add(RawConnection.to(daemon).request(request[0], request[1]));
            }
            for (RawConnection stream : streams) {
                assertThat(stream.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200 OK");
            }
            long open = daemon.residentBytes();
            daemon.docker("exec", "printer", "sh", "-c", "echo heard > /proc/1/fd/1")
                    .succeeded();
            for (int i = 0; i < count; i++) {
                streams.get(i).readUntil(i % KINDS.size() == 2 ? "exec_start" : "heard\n");
            }
            return Math.max(open, daemon.residentBytes());
        } finally {
            streams.forEach(RawConnection::close);
        }
    }
}
