package dev.berth.engine.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.engine.Box;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.stream.OutputSink.Stream;
import dev.berth.testing.MortalFiles;
import io.avaje.jsonb.Jsonb;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A log whose engine is killed at any instant, and whose next engine is given the output again, says everything once. */
class ResumedLogTest {
    private static final Jsonb JSON = Jsonb.builder().build();
    private static final System.Logger SILENT = new Silent();

    record Chunk(Stream stream, byte[] bytes) {}

    /** When the engine is killed: after so many changes of files, in the middle of the last. */
    record Kill(int changes, int tornBytes) {}

    @Property(tries = 150)
    void aLogIsWholeAfterAnyKills(
            @ForAll("outputs") List<Chunk> output, @ForAll("kills") List<Kill> kills, @ForAll("rotations") int maxBytes)
            throws Exception {
        assertThat(records(output, kills, maxBytes, 1_000)).isEqualTo(records(output, List.of(), 0, 1));
    }

    @Property(tries = 100)
    void whatRotationLeavesIsTheEnd(
            @ForAll("outputs") List<Chunk> output, @ForAll("kills") List<Kill> kills, @ForAll("files") int maxFiles)
            throws Exception {
        Map<String, List<String>> all = records(output, List.of(), 0, 1);
        Map<String, List<String>> left = records(output, kills, 300, maxFiles);
        left.forEach((stream, records) -> {
            List<String> whole = all.getOrDefault(stream, List.of());
            assertThat(records).isEqualTo(whole.subList(Math.max(0, whole.size() - records.size()), whole.size()));
        });
        assertThat(left.isEmpty()).isEqualTo(all.isEmpty());
    }

    @Provide
    Arbitrary<List<Chunk>> outputs() {
        Arbitrary<byte[]> bytes = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(
                        8,
                        Arbitraries.strings()
                                .withChars("ab\n\n\"<é\u2028\u0001")
                                .ofMaxLength(60)
                                .map(text -> text.getBytes(StandardCharsets.UTF_8))),
                net.jqwik.api.Tuple.of(
                        1, Arbitraries.integers().between(16_000, 40_000).map(ResumedLogTest::longLine)));
        Arbitrary<Stream> streams = Arbitraries.of(Stream.STDOUT, Stream.STDERR);
        return Combinators.combine(streams, bytes).as(Chunk::new).list().ofMaxSize(25);
    }

    @Provide
    Arbitrary<List<Kill>> kills() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.integers().between(0, 500))
                .as(Kill::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4);
    }

    @Provide
    Arbitrary<Integer> rotations() {
        return Arbitraries.of(0, 200, 1_000);
    }

    @Provide
    Arbitrary<Integer> files() {
        return Arbitraries.of(1, 2, 4);
    }

    private static byte[] longLine(int length) {
        byte[] line = new byte[length];
        Arrays.fill(line, (byte) 'x');
        return line;
    }

    /** The records of each stream after a run with these kills, without their times. */
    private static Map<String, List<String>> records(List<Chunk> output, List<Kill> kills, int maxBytes, int maxFiles)
            throws Exception {
        Path directory = Files.createTempDirectory("berth-resumed-log");
        try {
            LogOptions options = LogOptions.of(new LogConfig(
                    "json-file",
                    maxBytes == 0
                            ? Map.of()
                            : Map.of("max-size", Integer.toString(maxBytes), "max-file", Integer.toString(maxFiles))));
            Path position = directory.resolve("position");
            Kept kept = new Kept();
            boolean first = true;
            for (Kill kill : kills) {
                MortalFiles mortal = new MortalFiles(kill.changes(), kill.tornBytes());
                ContainerLog log = ContainerLog.in(mortal.path(directory), options, () -> Sources.C, JSON, SILENT);
                print(log, first, mortal.path(position), output, kept, mortal);
                log.end().exceptionally(dead -> null).join();
                first = false;
            }
            ContainerLog log = ContainerLog.in(directory, options, () -> Sources.C, JSON, SILENT);
            print(log, first, position, output, kept, new MortalFiles(1, 0));
            Box.soon(log.end());
            log.forget();
            assertThat(position).doesNotExist();
            return read(directory);
        } finally {
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
    }

    private static void print(
            ContainerLog log, boolean first, Path position, List<Chunk> output, Kept kept, MortalFiles mortal)
            throws InterruptedException {
        Map<Stream, Long> from = new EnumMap<>(Stream.class);
        if (first) {
            log.begin(position, kept);
        } else {
            from.putAll(log.resume(position, kept));
            from.forEach((stream, place) -> assertThat(place).isGreaterThanOrEqualTo(kept.of(stream)));
        }
        Map<Stream, Long> at = new EnumMap<>(Stream.class);
        for (Chunk chunk : output) {
            long start = at.getOrDefault(chunk.stream(), 0L);
            at.put(chunk.stream(), start + chunk.bytes().length);
            int skip = (int) Math.clamp(from.getOrDefault(chunk.stream(), 0L) - start, 0, chunk.bytes().length);
            log.take(chunk.stream(), ByteBuffer.wrap(chunk.bytes(), skip, chunk.bytes().length - skip));
            if (chunk.bytes().length % 3 == 0) {
                log.mark().position.exceptionally(dead -> null).join(); // a batch of its own for what was given so far
            }
            if (mortal.isDead() && chunk.bytes().length % 2 == 0) {
                return;
            }
        }
    }

    private static Map<String, List<String>> read(Path directory) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int number = 1_000; number >= 0; number--) {
            Path file = directory.resolve(number == 0 ? "c-json.log" : "c-json.log." + number);
            if (Files.exists(file)) {
                all.write(Files.readAllBytes(file));
            }
        }
        Map<String, List<String>> records = new TreeMap<>();
        all.toString(StandardCharsets.UTF_8).lines().forEach(line -> {
            assertThat(line).matches("\\{\"log\":\".*\",\"stream\":\"std(out|err)\",\"time\":\"[0-9T:.-]+Z\"}");
            String stream = line.contains("\"stream\":\"stdout\"") ? "stdout" : "stderr";
            records.computeIfAbsent(stream, any -> new ArrayList<>()).add(line.replaceAll("\"time\":.*", ""));
        });
        return records;
    }

    /** What was said to be kept, which must never be asked for again. */
    private static final class Kept implements RunOutput {
        private final Map<Stream, Long> positions = new EnumMap<>(Stream.class);

        @Override
        public void ready() {}

        @Override
        public synchronized void kept(Stream stream, long position) {
            positions.merge(stream, position, Math::max);
        }

        synchronized long of(Stream stream) {
            return positions.getOrDefault(stream, 0L);
        }
    }

    private static final class Silent implements System.Logger {
        @Override
        public String getName() {
            return "silent";
        }

        @Override
        public boolean isLoggable(Level level) {
            return false;
        }

        @Override
        public void log(Level level, java.util.ResourceBundle bundle, String text, Throwable thrown) {}

        @Override
        public void log(Level level, java.util.ResourceBundle bundle, String format, Object... parameters) {}
    }
}
