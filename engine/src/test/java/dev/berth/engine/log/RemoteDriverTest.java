package dev.berth.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.Taken;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.log.Message.Partial;
import dev.berth.engine.stream.OutputSink.Stream;
import dev.berth.linux.socket.UnixDatagram;
import io.avaje.jsonb.Jsonb;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Messages to servers of syslog and to a journal, which are the test's own sockets. */
@Timeout(60)
class RemoteDriverTest {
    private static final Jsonb JSON = Jsonb.builder().build();
    private static final int DATAGRAM_BYTES = 64 << 10;

    @TempDir
    Path dir;

    @Test
    void datagramsGoToAUnixSocket() throws Exception {
        Path path = dir.resolve("log");
        try (UnixDatagram server = UnixDatagram.bind(path.toString())) {
            ContainerLog log = syslog("unixgram://" + path, "", Map.of("tag", "{{.Name}}"));
            print(log, Stream.STDOUT, "one\n\n");
            print(log, Stream.STDERR, "two\n");
            assertThat(received(server)).matches("<30>[A-Z][a-z]{2} [ 0-9]\\d [0-9:]{8} web\\[\\d+\\]: one\n");
            assertThat(received(server)).matches("<27>[A-Z][a-z]{2} [ 0-9]\\d [0-9:]{8} web\\[\\d+\\]: two\n");
            Box.soon(log.end());
            assertThat(read(log)).isEqualTo("one\n\n"); // from the files that are kept as well
        }
    }

    @Test
    void aServerOnUdpIsToldByRfc5424() throws Exception {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            ContainerLog log = syslog(
                    "udp://127.0.0.1:" + server.getLocalPort(), "rfc5424micro", Map.of("syslog-facility", "local0"));
            print(log, Stream.STDOUT, "caf\u00e9\n");
            DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_BYTES], DATAGRAM_BYTES);
            server.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8))
                    .matches(
                            "<134>1 \\d{4}-\\d\\d-\\d\\dT[0-9:]{8}\\.\\d{6}(Z|[+-][0-9:]{5}) \\S+ c \\d+ c - caf\u00e9\n");
            Box.soon(log.end());
        }
    }

    @Test
    void aServerOnTcpIsConnectedToAgain() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            ContainerLog log = syslog("tcp://127.0.0.1:" + server.getLocalPort(), "rfc3164", Map.of());
            try (var first = server.accept();
                    var lines =
                            new BufferedReader(new InputStreamReader(first.getInputStream(), StandardCharsets.UTF_8))) {
                print(log, Stream.STDOUT, "one\n");
                assertThat(lines.readLine()).matches("<30>[A-Z][a-z]{2} [ 0-9]\\d [0-9:]{8} \\S+ c\\[\\d+\\]: one");
                first.setSoLinger(true, 0); // reset, so that the next write fails
            }
            print(log, Stream.STDOUT, "two\n");
            try (var second = server.accept();
                    var lines = new BufferedReader(
                            new InputStreamReader(second.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).endsWith(": two");
            }
            Box.soon(log.end());
        }
    }

    @Test
    void aStreamGoesToAUnixSocket() throws Exception {
        Path path = dir.resolve("stream");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            ContainerLog log = syslog("unix://" + path, "rfc5424", Map.of());
            print(log, Stream.STDERR, "no end");
            Box.soon(log.end());
            try (var connection = server.accept();
                    var lines = new BufferedReader(
                            new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine())
                        .matches("<27>1 \\d{4}-\\d\\d-\\d\\dT[0-9:]{8}(Z|[+-][0-9:]{5}) \\S+ c \\d+ c - no end");
            }
        }
    }

    @Test
    void aJournalGetsEntriesWithTheirContainer() throws Exception {
        Path path = dir.resolve("journal");
        try (UnixDatagram server = UnixDatagram.bind(path.toString())) {
            JournaldDriver driver = new JournaldDriver(
                    path, LogAttributes.of(Map.of("labels", "app", "env", "LANG", "tag", "{{.ImageName}}")));
            driver.open(Sources.C);
            byte[] text = "two\nlines".getBytes(StandardCharsets.UTF_8); // a carriage return in a terminal's line, say
            driver.add(new Message(
                    Stream.STDERR,
                    Instant.parse("2024-02-29T01:02:03.5Z"),
                    text,
                    0,
                    text.length,
                    Optional.of(new Partial("p1", 2, false))));
            driver.flush();
            Map<String, String> entry = entry(server.receive(DATAGRAM_BYTES));
            assertThat(entry)
                    .containsEntry("MESSAGE", "two\nlines")
                    .containsEntry("PRIORITY", "3")
                    .containsEntry("CONTAINER_ID", "c")
                    .containsEntry("CONTAINER_ID_FULL", "c")
                    .containsEntry("CONTAINER_NAME", "web")
                    .containsEntry("CONTAINER_TAG", "busybox:latest")
                    .containsEntry("SYSLOG_IDENTIFIER", "busybox:latest")
                    .containsEntry("IMAGE_NAME", "busybox:latest")
                    .containsEntry("SYSLOG_TIMESTAMP", "2024-02-29T01:02:03.5Z")
                    .containsEntry("CONTAINER_PARTIAL_MESSAGE", "true")
                    .containsEntry("CONTAINER_PARTIAL_ID", "p1")
                    .containsEntry("CONTAINER_PARTIAL_ORDINAL", "2")
                    .containsEntry("CONTAINER_PARTIAL_LAST", "false")
                    .containsEntry("CONTAINER_LOG_ORDINAL", "1")
                    .containsEntry("APP", "a=<b>")
                    .containsEntry("LANG", "C");
            driver.close();
        }
    }

    @Test
    void aReceiverThatIsSlowIsWaitedFor() throws Exception {
        Path path = dir.resolve("log");
        try (UnixDatagram server = UnixDatagram.bind(path.toString())) {
            ContainerLog log = syslog("unixgram://" + path, "", Map.of());
            for (int i = 0; i < 2_000; i++) { // more than the kernel holds for a socket
                print(log, Stream.STDOUT, "line " + i + "\n");
            }
            for (int i = 0; i < 2_000; i++) {
                assertThat(received(server)).endsWith("]: line " + i + "\n");
            }
            Box.soon(log.end());
        }
    }

    @Test
    void nothingStartsWhereNobodyListens() {
        ContainerLog log = log("unixgram://" + dir.resolve("none"), Map.of());
        assertThatThrownBy(() -> log.begin(dir.resolve("position"), Unheard.INSTANCE))
                .hasMessageStartingWith("failed to initialize logging driver: dial unixgram")
                .hasMessageContaining("no such file or directory");
        JournaldDriver journal = new JournaldDriver(dir.resolve("none"), LogAttributes.NONE);
        assertThatThrownBy(() -> journal.open(Sources.C)).hasMessage("journald is not enabled on this host");
    }

    private ContainerLog syslog(String address, String format, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("syslog-format", format);
        ContainerLog log = log(address, options);
        log.begin(dir.resolve("position"), Unheard.INSTANCE);
        return log;
    }

    private ContainerLog log(String address, Map<String, String> more) {
        Map<String, String> options = new HashMap<>(more);
        options.put("syslog-address", address);
        return ContainerLog.in(
                dir, LogOptions.of(new LogConfig("syslog", options)), () -> Sources.C, JSON, System.getLogger("test"));
    }

    private static void print(ContainerLog log, Stream stream, String text) {
        log.take(stream, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String read(ContainerLog log) throws Exception {
        Taken taken = new Taken();
        LogReading.start(log, LogQuery.ALL, taken);
        return taken.toEnd();
    }

    private static String received(UnixDatagram server) {
        return new String(server.receive(DATAGRAM_BYTES), StandardCharsets.UTF_8);
    }

    /** The fields of a journal entry: {@code NAME=value}, or the name, eight bytes of length, and the value. */
    private static Map<String, String> entry(byte[] datagram) {
        Map<String, String> fields = new HashMap<>();
        ByteBuffer rest = ByteBuffer.wrap(datagram).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        while (rest.hasRemaining()) {
            String line = line(rest);
            int equals = line.indexOf('=');
            if (equals >= 0) {
                fields.put(line.substring(0, equals), line.substring(equals + 1));
            } else {
                byte[] value = new byte[(int) rest.getLong()];
                rest.get(value);
                assertThat(rest.get()).isEqualTo((byte) '\n');
                fields.put(line, new String(value, StandardCharsets.UTF_8));
            }
        }
        return fields;
    }

    private static String line(ByteBuffer from) {
        StringBuilder line = new StringBuilder();
        for (byte next = from.get(); next != '\n'; next = from.get()) {
            line.append((char) next);
        }
        return line.toString();
    }
}
