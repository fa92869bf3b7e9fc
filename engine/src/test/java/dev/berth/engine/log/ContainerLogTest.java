package dev.berth.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.Taken;
import dev.berth.engine.config.Limits;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.stream.OutputSink.Stream;
import io.avaje.jsonb.Jsonb;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerLogTest {
    private static final Jsonb JSON = Jsonb.builder().build();

    @TempDir
    Path dir;

    @Test
    void recordsAreDockers() throws Exception {
        ContainerLog log = log(Map.of());
        print(log, Stream.STDOUT, "a \"b\" <c>\t\u0001\n");
        print(log, Stream.STDERR, "no end");
        Box.soon(log.end());
        assertThat(Files.readString(file()).lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("\\{\"log\":\"a \\\\\"b\\\\\" \\\\u003cc\\\\u003e\\\\u0009\\\\u0001\\\\n\","
                                        + "\"stream\":\"stdout\",\"time\":\"[0-9T:.-]+Z\"}"),
                        line -> assertThat(line).startsWith("{\"log\":\"no end\",\"stream\":\"stderr\""));
    }

    @Test
    void nothingPrintedMakesNoFile() throws Exception {
        ContainerLog log = log(Map.of());
        log.begin(dir.resolve("position"), Unheard.INSTANCE);
        Box.soon(log.end());
        assertThat(file()).doesNotExist();
        assertThat(read(log, LogQuery.ALL)).isEmpty();
    }

    @Test
    void aLongLineIsSplitAndReadBackWhole() throws Exception {
        String line = "x".repeat(3 * Limits.LOG_LINE_BYTES + 7) + "\n";
        ContainerLog log = log(Map.of());
        print(log, Stream.STDOUT, line);
        Box.soon(log.end());
        assertThat(Files.readString(file()).lines()).hasSize(4);
        assertThat(read(log, LogQuery.ALL)).isEqualTo(line);
    }

    @Test
    void anyBytesAreTaken() throws Exception {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        ContainerLog log = log(Map.of());
        log.take(Stream.STDOUT, ByteBuffer.wrap(bytes));
        Box.soon(log.end());
        assertThat(read(log, LogQuery.ALL)).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }

    @Test
    void filesAreRotatedAndTheYoungestAreKept() throws Exception {
        ContainerLog log = log(Map.of("max-size", "1k", "max-file", "3"));
        for (int i = 0; i < 200; i++) {
            print(log, Stream.STDOUT, "line " + i + "\n");
        }
        Box.soon(log.end());
        try (var files = Files.list(dir)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .contains("c.log.1", "c.log.2")
                    .doesNotContain("c.log.3");
        }
        assertThat(Files.size(dir.resolve("c.log.1"))).isBetween(1024L, 1024L + 100);
        String kept = read(log, LogQuery.ALL);
        assertThat(kept).endsWith("line 198\nline 199\n").doesNotContain("line 1\n");
        int first = Integer.parseInt(kept.substring(5, kept.indexOf('\n')));
        assertThat(kept.lines()).hasSize(200 - first);
    }

    @Test
    void theTailIsOfAllFiles() throws Exception {
        ContainerLog log = log(Map.of("max-size", "1k", "max-file", "3"));
        for (int i = 0; i < 30; i++) {
            print(log, Stream.STDOUT, "line " + i + "\n");
        }
        Box.soon(log.end());
        assertThat(read(log, tail(15)).lines())
                .hasSize(15)
                .startsWith("line 15")
                .endsWith("line 29");
        assertThat(read(log, tail(0))).isEmpty();
        assertThat(read(log, tail(1_000)).lines()).endsWith("line 29");
    }

    @Test
    void timesAndStreamsSelect() throws Exception {
        ContainerLog log = log(Map.of());
        print(log, Stream.STDOUT, "before\n");
        Thread.sleep(5);
        Instant between = Instant.now();
        print(log, Stream.STDOUT, "after\n");
        print(log, Stream.STDERR, "error\n");
        Box.soon(log.end());
        assertThat(read(log, query(true, Optional.of(between), Optional.empty())))
                .isEqualTo("after\n");
        assertThat(read(log, query(true, Optional.empty(), Optional.of(between))))
                .isEqualTo("before\n");
        assertThat(read(log, query(false, Optional.empty(), Optional.empty()))).isEmpty();
    }

    @Test
    void whatACrashCutOffIsPassedOver() throws Exception {
        ContainerLog log = log(Map.of());
        print(log, Stream.STDOUT, "one\n");
        Box.soon(log.end());
        Files.writeString(file(), "{\"log\":\"half a rec\nnull\n[]\n{\"log\":\"two\\n\"}\n", StandardOpenOption.APPEND);
        assertThat(read(new ContainerLog(file(), log.options(), System.getLogger("test")), LogQuery.ALL))
                .isEqualTo("one\ntwo\n");
    }

    @Test
    void aFollowerGoesOnThroughRotationsToTheEnd() throws Exception {
        ContainerLog log = log(Map.of("max-size", "2k", "max-file", "50"));
        log.begin(dir.resolve("position"), Unheard.INSTANCE);
        print(log, Stream.STDOUT, "line 0\n");
        Taken taken = new Taken();
        LogReading.start(
                log,
                new LogQuery(true, true, true, Optional.empty(), Optional.empty(), OptionalLong.empty(), false, false),
                taken,
                JSON);
        taken.awaitText("line 0");
        for (int i = 1; i < 500; i++) {
            print(log, Stream.STDOUT, "line " + i + "\n");
        }
        Box.soon(log.end());
        assertThat(taken.toEnd().lines()).hasSize(500).endsWith("line 499");
    }

    @Test
    void aReaderWhoWaitsIsWaitedFor() throws Exception {
        ContainerLog log = log(Map.of());
        print(log, Stream.STDOUT, "one\ntwo\n");
        Box.soon(log.end());
        Taken slow = Taken.slow();
        LogReading reading = LogReading.start(log, LogQuery.ALL, slow, JSON);
        slow.awaitText("one");
        Thread.sleep(20);
        assertThat(slow.out()).isEqualTo("one\n");
        reading.resume();
        slow.awaitText("two");
        assertThat(slow.isEnded()).isFalse();
        reading.resume();
        assertThat(slow.toEnd()).isEqualTo("one\ntwo\n");
    }

    @Test
    void optionsAreHonouredOrRefusedByName() {
        assertThat(LogOptions.of(new LogConfig("none", Map.of())).kept()).isFalse();
        assertThat(LogOptions.of(new LogConfig("", Map.of("max-size", "1.5m", "max-file", "2"))))
                .isEqualTo(new LogOptions(true, 3 << 19, 2));
        assertRefused(Map.of("max-size", "-1"), "max-size");
        assertRefused(Map.of("max-size", "9999999999999g"), "max-size");
        assertRefused(Map.of("max-size", "1m", "max-file", "0"), "max-file");
        assertRefused(Map.of("max-file", "3"), "max-size");
        assertRefused(Map.of("compress", "true"), "compress");
        assertRefused(Map.of("nosuch", "1"), "nosuch");
        assertThatThrownBy(() -> LogOptions.of(new LogConfig("syslog", Map.of())))
                .hasMessageContaining("syslog");
    }

    private static void assertRefused(Map<String, String> options, String named) {
        assertThatThrownBy(() -> LogOptions.of(new LogConfig("json-file", options)))
                .hasMessageContaining(named);
    }

    private Path file() {
        return dir.resolve("c.log");
    }

    private ContainerLog log(Map<String, String> options) {
        return new ContainerLog(file(), LogOptions.of(new LogConfig("json-file", options)), System.getLogger("test"));
    }

    private static void print(ContainerLog log, Stream stream, String text) {
        log.take(stream, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static LogQuery tail(long lines) {
        return new LogQuery(
                true, true, false, Optional.empty(), Optional.empty(), OptionalLong.of(lines), false, false);
    }

    private static LogQuery query(boolean stdout, Optional<Instant> since, Optional<Instant> until) {
        return new LogQuery(stdout, !stdout, false, since, until, OptionalLong.empty(), false, false);
    }

    private static String read(ContainerLog log, LogQuery query) throws Exception {
        Taken taken = new Taken();
        LogReading.start(log, query, taken, JSON);
        return taken.toEnd();
    }
}
