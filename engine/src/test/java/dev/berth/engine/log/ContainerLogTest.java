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
import java.util.List;
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
                    .contains("c-json.log.1", "c-json.log.2")
                    .doesNotContain("c-json.log.3");
        }
        assertThat(Files.size(dir.resolve("c-json.log.1"))).isBetween(1000L, 1000L + 100);
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
    void attributesAreDockers() throws Exception {
        ContainerLog log = log(Map.of("labels", "app,none", "env-regex", "^L", "tag", "{{.Name}}/{{.ID}}"));
        begin(log);
        print(log, Stream.STDOUT, "x\n");
        Box.soon(log.end());
        assertThat(Files.readString(file()))
                .startsWith("{\"log\":\"x\\n\",\"stream\":\"stdout\",\"attrs\":"
                        + "{\"LANG\":\"C\",\"app\":\"a=\\u003cb\\u003e\",\"tag\":\"web/c\"},\"time\":\"");
        LogQuery details =
                new LogQuery(true, true, false, Optional.empty(), Optional.empty(), OptionalLong.empty(), false, true);
        assertThat(read(log, details)).isEqualTo("LANG=C,app=a%3D%3Cb%3E,tag=web%2Fc x\n");
    }

    @Test
    void localFilesAreCompressedAndReadThrough() throws Exception {
        ContainerLog log = log("local", Map.of("max-size", "2k", "max-file", "5"));
        begin(log);
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            String line = "line " + i + " " + "\u00e9".repeat(i) + "\n";
            print(log, i % 3 == 0 ? Stream.STDERR : Stream.STDOUT, line);
            Box.soon(log.mark().position);
            all.append(i % 3 == 0 ? "" : line);
        }
        String longLine = "x".repeat(Limits.LOG_LINE_BYTES + 5) + "\n";
        print(log, Stream.STDOUT, longLine);
        Box.soon(log.end());
        Path logs = dir.resolve("local-logs");
        assertThat(logs.resolve("container.log.1.gz")).exists();
        assertThat(logs.resolve("container.log.1")).doesNotExist();
        try (var files = Files.list(logs)) {
            assertThat(files).hasSizeLessThanOrEqualTo(5);
        }
        String whole = all + longLine;
        assertThat(whole).endsWith(read(log, LogQuery.ALL));
        assertThat(read(log, LogQuery.ALL).lines()).hasSizeGreaterThan(30);
        assertThat(read(log, tail(22)).lines())
                .contains("line 50 " + "\u00e9".repeat(50))
                .hasSizeBetween(14, 15);
    }

    @Test
    void jsonFilesAreCompressedWhereThatIsAskedFor() throws Exception {
        ContainerLog log = log(Map.of("max-size", "1k", "max-file", "4", "compress", "true"));
        for (int i = 0; i < 40; i++) {
            print(log, Stream.STDOUT, "line " + i + "\n");
        }
        Box.soon(log.end());
        assertThat(dir.resolve("c-json.log.1.gz")).exists();
        assertThat(dir.resolve("c-json.log.1")).doesNotExist();
        assertThat(read(log(Map.of("max-size", "1k", "max-file", "4", "compress", "true")), tail(20))
                        .lines())
                .hasSize(20)
                .startsWith("line 20")
                .endsWith("line 39");
    }

    @Test
    void theTailOfAHugeFileIsReadFromItsEnd() throws Exception {
        try (var file = new java.io.RandomAccessFile(file().toFile(), "rw")) {
            file.setLength(64L << 30); // a hole of this size takes no room, and minutes to read
            file.seek(file.length());
            file.write("\n{\"log\":\"last but one\\n\"}\n{\"log\":\"last\\n\"}\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(read(log(Map.of()), tail(2))).isEqualTo("last but one\nlast\n");
    }

    @Test
    void aLogThatDoesNotBlockDropsItsOldestLines() throws Exception {
        ContainerLog log = log(Map.of("mode", "non-blocking", "max-buffer-size", "4k"));
        begin(log);
        byte[] lines = "0123456\n".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        int taken = lines.length - 11; // each ends in another place of a line, and the next goes on from there
        for (int i = 0; i < 500; i++) {
            assertThat(log.take(Stream.STDOUT, ByteBuffer.wrap(lines, i * taken % 8, taken)))
                    .isTrue();
        }
        print(log, Stream.STDOUT, "\nlast\n");
        Box.soon(log.end());
        List<String> kept = read(log, LogQuery.ALL).lines().toList();
        assertThat(kept).endsWith("last").hasSizeLessThan(500_000);
        assertThat(kept.subList(0, kept.size() - 1))
                .as("no line is joined of what stood before and behind what was dropped")
                .allMatch(line -> "0123456".startsWith(line));
    }

    @Test
    void aFileThatSomebodyHasCutIsReadAsItIs() throws Exception {
        ContainerLog log = log(Map.of());
        begin(log);
        print(log, Stream.STDOUT, "one\ntwo\n");
        Box.soon(log.mark().position);
        byte[] whole = Files.readAllBytes(file());
        Files.write(file(), java.util.Arrays.copyOf(whole, whole.length / 2 + 3));
        assertThat(read(log, LogQuery.ALL)).isEqualTo("one\n");
        Files.write(file(), new byte[0]);
        assertThat(read(log, LogQuery.ALL)).isEmpty();
        print(log, Stream.STDOUT, "three\n");
        Box.soon(log.end());
        assertThat(read(log, LogQuery.ALL)).isEqualTo("three\n");
        Files.write(file(), whole);
        assertThat(read(log, tail(1))).isEqualTo("two\n");
    }

    @Test
    void nothingIsKeptWhereNoneIsAskedFor() throws Exception {
        ContainerLog log = log("none", Map.of());
        begin(log);
        print(log, Stream.STDOUT, "x\n");
        Box.soon(log.end());
        assertThat(dir).isEmptyDirectory();
        assertThatThrownBy(() -> LogReading.start(log, LogQuery.ALL, new Taken()))
                .hasMessage("configured logging driver does not support reading");
    }

    @Test
    void whatACrashCutOffIsPassedOver() throws Exception {
        ContainerLog log = log(Map.of());
        print(log, Stream.STDOUT, "one\n");
        Box.soon(log.end());
        Files.writeString(file(), "{\"log\":\"half a rec\nnull\n[]\n{\"log\":\"two\\n\"}\n", StandardOpenOption.APPEND);
        assertThat(read(log(Map.of()), LogQuery.ALL)).isEqualTo("one\ntwo\n");
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
                taken);
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
        LogReading reading = LogReading.start(log, LogQuery.ALL, slow);
        slow.awaitText("one");
        Thread.sleep(20);
        assertThat(slow.out()).isEqualTo("one\n");
        reading.resume();
        slow.awaitText("two");
        assertThat(slow.isEnded()).isFalse();
        reading.resume();
        assertThat(slow.toEnd()).isEqualTo("one\ntwo\n");
    }

    private Path file() {
        return dir.resolve("c-json.log");
    }

    private ContainerLog log(Map<String, String> options) {
        return log("json-file", options);
    }

    private ContainerLog log(String driver, Map<String, String> options) {
        return ContainerLog.in(
                dir, LogOptions.of(new LogConfig(driver, options)), () -> Sources.C, JSON, System.getLogger("test"));
    }

    private void begin(ContainerLog log) {
        log.begin(dir.resolve("position"), Unheard.INSTANCE);
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
        LogReading.start(log, query, taken);
        return taken.toEnd();
    }
}
