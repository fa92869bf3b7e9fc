package dev.berth.level.os.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.event.Pipe;
import dev.berth.linux.file.OpenFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
    private static final int MOST = 64 << 10;

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whateverIsKeptAndHoweverOftenItIsTakenUpNoByteIsMissingOrGivenTwice(long seed) {
        Random random = new Random(seed);
        byte[] whole = new byte[6 << 20];
        random.nextBytes(whole);
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        long written = 0;
        long kept = 0;
        Spool spool = Spool.create(dir, "stdout");
        try (Pipe pipe = nonBlocking();
                Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(MOST);
            while (got.size() < whole.length) {
                int count = (int) Math.min(1 + random.nextInt(MOST), whole.length - written);
                write(pipe, whole, (int) written, count, arena);
                written += count;
                while (spool.end() < written) {
                    assertThat(spool.take(pipe.output(), MOST)).isPositive();
                }
                while (random.nextInt(8) > 0 && got.size() < spool.end()) {
                    got.writeBytes(copy(buffer, spool.read(got.size(), buffer)));
                }
                kept += random.nextInt(1 + got.size() - (int) kept);
                spool.kept(kept);
                if (random.nextInt(20) == 0) { // an engine dies with what it had not kept
                    spool.close();
                    byte[] known = Arrays.copyOf(got.toByteArray(), (int) kept);
                    got.reset();
                    got.writeBytes(known);
                    spool = Spool.takeUp(dir, "stdout", kept);
                    assertThat(spool.end()).isEqualTo(written);
                    assertThat(spool.first(kept)).isEqualTo(kept);
                }
                while (written == whole.length && got.size() < whole.length) {
                    got.writeBytes(copy(buffer, spool.read(got.size(), buffer)));
                }
            }
        }
        spool.close();
        assertThat(got.toByteArray()).isEqualTo(whole);
    }

    @Test
    void aReaderThatKeepsUpLeavesSmallFiles() throws IOException {
        byte[] bytes = new byte[MOST];
        try (Pipe pipe = nonBlocking();
                Arena arena = Arena.ofConfined();
                Spool spool = Spool.create(dir, "stdout")) {
            for (int i = 0; i < 100; i++) {
                write(pipe, bytes, 0, bytes.length, arena);
                while (spool.take(pipe.output(), MOST) > 0) {}
                spool.kept(spool.end() - 100); // an unfinished line is kept later
            }
            try (Stream<Path> files = Files.list(dir)) {
                assertThat(files)
                        .allSatisfy(file -> assertThat(file)
                                .satisfies(f -> assertThat(Files.size(f)).isLessThan((1 << 20) + 2 * MOST)));
            }
            spool.kept(spool.end());
        }
        Spool.remove(dir, "stdout");
        assertThat(dir).isEmptyDirectory();
    }

    @Test
    void aHalfWrittenFileIsAnEmptyOne() throws IOException {
        Files.write(dir.resolve("stdout.0"), new byte[] {1, 2, 3});
        try (Spool spool = Spool.takeUp(dir, "stdout", 1000);
                Pipe pipe = nonBlocking();
                Arena arena = Arena.ofConfined()) {
            assertThat(spool.end()).isEqualTo(1000);
            write(pipe, new byte[] {7, 8}, 0, 2, arena);
            assertThat(spool.take(pipe.output(), MOST)).isEqualTo(2);
            MemorySegment buffer = arena.allocate(MOST);
            assertThat(copy(buffer, spool.read(1000, buffer))).containsExactly(7, 8);
        }
    }

    @Test
    void whatWentByIsAGapThatIsStepppedOver() {
        try (Spool spool = Spool.create(dir, "stdout");
                Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocateFrom(ValueLayout.JAVA_BYTE, new byte[] {1, 2, 3});
            assertThat(spool.add(bytes)).isTrue();
            spool.skip(10);
            assertThat(spool.add(bytes)).isTrue();
            assertThat(spool.first(3)).isEqualTo(13);
            assertThat(spool.end()).isEqualTo(16);
        }
    }

    private static Pipe nonBlocking() {
        Pipe pipe = Pipe.open();
        Pipe.unblock(pipe.output());
        return pipe;
    }

    private static void write(Pipe pipe, byte[] bytes, int from, int count, Arena arena) {
        MemorySegment segment = arena.allocate(count);
        MemorySegment.copy(bytes, from, segment, ValueLayout.JAVA_BYTE, 0, count);
        new OpenFile(pipe.input(), "the pipe").write(segment);
    }

    private static byte[] copy(MemorySegment buffer, long count) {
        return buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
    }
}
