package dev.berth.image.layer;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.TarEntry.Type;
import dev.berth.linux.file.Directory;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No layer can write outside its snapshot. In the ordinary run the seeds and some thousand mutants of them are tried;
 * with {@code JAZZER_FUZZ=1} Jazzer goes on from the seeds by itself.
 */
@Needs(Need.ROOT)
class LayerFuzzTest {
    private static final int MUTANTS = 60;
    private static final long SEED = 20_240_527;

    @MethodSource("layers")
    @FuzzTest(maxDuration = "2m")
    void noLayerWritesOutsideItsSnapshot(byte[] layer) throws IOException {
        Path dir = Files.createTempDirectory("berth-fuzz");
        try (Directory around = Directory.open(dir.resolveSibling("."))) {
            tryLayer(dir, layer);
            around.deleteTree(dir.getFileName().toString());
        }
    }

    private static void tryLayer(Path dir, byte[] layer) throws IOException {
        Unpacking unpacking = new Unpacking(dir);
        try {
            unpacking.unpack(layer, Limits.DEFAULT.withLayerBytes(4 << 20));
        } catch (ImageException e) {
            // refused, which is one way to be harmless
        }
        unpacking.nothingElseHasChanged();
    }

    static Stream<Arguments> layers() {
        return seeds().flatMap(seed -> IntStream.range(0, MUTANTS).mapToObj(i -> mutant(seed, i)))
                .map(layer -> Arguments.of((Object) layer));
    }

    /** The seed itself first; then with some bytes changed, and headers' sums made right again, else none is read. */
    private static byte[] mutant(byte[] seed, int number) {
        byte[] layer = seed.clone();
        Random random = new Random(SEED + number);
        for (int i = 0; number > 0 && i < 1 + number % 7; i++) {
            int block = random.nextInt(Math.max(1, layer.length / 512)) * 512;
            layer[Math.min(layer.length - 1, block + random.nextInt(350))] =
                    (byte) "./\0aé07AKLx5".charAt(random.nextInt(12));
        }
        for (int block = 0; block + 512 <= layer.length; block += 512) {
            if (layer[block + 257] == 'u' && layer[block + 258] == 's') {
                fixSum(layer, block);
            }
        }
        return layer;
    }

    private static void fixSum(byte[] layer, int block) {
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += i >= 148 && i < 156 ? ' ' : layer[block + i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, layer, block + 148, digits.length);
    }

    private static Stream<byte[]> seeds() {
        return Stream.of(
                new Tars().file("../beside/x", "evil").file("ok", "fine").bytes(),
                new Tars()
                        .symlink("out", "../beside")
                        .file("out/secret", "evil")
                        .bytes(),
                new Tars()
                        .symlink("a", "b")
                        .symlink("b", "..")
                        .file("a/beside/x", "evil")
                        .bytes(),
                new Tars().hardLink("h", "../beside/secret").file("h", "evil").bytes(),
                new Tars()
                        .directory("d", 0755)
                        .file("d/.wh..wh..opq", "")
                        .file(".wh.d", "")
                        .bytes(),
                new Tars()
                        .symlink("d", "../beside")
                        .directory("d", 0700)
                        .file("d/secret", "evil")
                        .file("d/.wh.secret", "")
                        .bytes(),
                new Tars()
                        .file("l".repeat(180), "long")
                        .hardLink("m".repeat(180), "l".repeat(180))
                        .bytes(),
                new Tars()
                        .device("n", Type.CHARACTER_DEVICE, 1, 3)
                        .file("n", "evil")
                        .device("p", Type.FIFO, 0, 0)
                        .bytes());
    }
}
