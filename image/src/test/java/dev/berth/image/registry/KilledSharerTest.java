package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.ImageUser;
import dev.berth.image.Images;
import dev.berth.image.check.Finding;
import dev.berth.image.check.Inspection;
import dev.berth.image.shared.SharedCache;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two JVMs pull and remove the same image in slots of one cache, and are killed in the middle of it. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KilledSharerTest {
    private static final int ROUNDS = 12;
    private static final int[] LAYERS = {400_000, 300_000, 1_000};
    private static final int LONGEST_LIFE_MILLIS = 400;

    @TempDir
    Path dir;

    private Process start(FakeRegistry registry, String times, String slot) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SharingJvm.class.getName(),
                times,
                dir.resolve("cache").resolve(slot).toString(),
                registry.domain() + "/x"));
        for (int bytes : LAYERS) {
            command.add(Integer.toString(bytes));
        }
        return new ProcessBuilder(command)
                .redirectError(dir.resolve("errors-" + slot).toFile())
                .redirectOutput(dir.resolve("output-" + slot).toFile())
                .start();
    }

    /** Waits until it has said a word, lets it go on for a while, and kills it. */
    private void liveAndDie(Process jvm, String slot, String word, long lifeNanos) throws Exception {
        while (!output(slot).contains(word)) {
            assertThat(jvm.isAlive())
                    .as(Files.readString(dir.resolve("errors-" + slot)))
                    .isTrue();
            LockSupport.parkNanos(5_000_000);
        }
        LockSupport.parkNanos(lifeNanos);
        jvm.destroyForcibly().waitFor();
        assertThat(Files.readString(dir.resolve("errors-" + slot))).doesNotContain("Exception");
        assertThat(jvm.exitValue()).as("ended by the kill").isEqualTo(137);
    }

    private List<String> output(String slot) throws IOException {
        return Files.readAllLines(dir.resolve("output-" + slot));
    }

    @Test
    void twoJvmsThatPullTheSameAtOnceFetchEachLayerOnce() throws Exception {
        try (FakeRegistry registry = FakeRegistry.start()) {
            TestImage image = TestImage.of(LAYERS);
            registry.add("1", image);
            CountDownLatch both = new CountDownLatch(2);
            registry.on("/v2/x/manifests/1", exchange -> {
                both.countDown();
                try {
                    both.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return false;
            });
            for (Process jvm : List.of(start(registry, "once", "1"), start(registry, "once", "2"))) {
                assertThat(jvm.waitFor())
                        .as(Files.readString(dir.resolve("errors-1")))
                        .isZero();
            }
            for (int i = 0; i < LAYERS.length; i++) {
                assertThat(registry.requests(FakeRegistry.blob(image, i))).hasSize(1);
            }
        }
        try (Stream<Path> trees = Files.list(dir.resolve("cache/layers"))) {
            assertThat(trees).hasSize(LAYERS.length);
        }
    }

    @Test
    void whateverTheInstantTheOtherGoesOnAndNothingIsLeft() throws Exception {
        Random random = new Random();
        long seed = random.nextLong();
        random.setSeed(seed);
        try (FakeRegistry registry = FakeRegistry.start()) {
            TestImage image = TestImage.of(LAYERS);
            registry.add("1", image);
            try (Images steady = open("0")) {
                liveAndDie(start(registry, "ever", "1"), "1", "removed", 0);
                for (int round = 0; round < ROUNDS; round++) {
                    Process one = start(registry, "ever", "1");
                    Process other = start(registry, "ever", "2");
                    liveAndDie(one, "1", "up", random.nextInt(LONGEST_LIFE_MILLIS) * 1_000_000L);
                    liveAndDie(other, "2", "up", random.nextInt(LONGEST_LIFE_MILLIS) * 1_000_000L);
                    Image pulled = steady.pull(
                            new PullRequest(registry.domain() + "/x:1", false, Optional.empty(), Credentials.ANONYMOUS),
                            event -> {});
                    List<Path> layers = steady.lowerDirs(pulled).reversed();
                    for (int i = 0; i < LAYERS.length; i++) {
                        assertThat(layers.get(i).resolve("file-" + i))
                                .as("seed %d", seed)
                                .hasSize(LAYERS[i]);
                    }
                    steady.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
                }
            }
        }
        for (String slot : List.of("1", "2")) {
            try (Images next = open(slot)) {
                check(next, Inspection.Repairs.UNFINISHED);
                List<Image> left = next.list();
                for (Image one : left) {
                    assertThat(next.lowerDirs(one)).hasSize(LAYERS.length);
                    next.remove(one.id().toString(), true, any -> List.<ImageUser>of());
                }
            }
        }
        try (Images next = open("0")) {
            assertThat(check(next, Inspection.Repairs.NOTHING)).isEmpty();
        }
        try (Stream<Path> trees = Files.list(dir.resolve("cache/layers"))) {
            assertThat(trees).isEmpty();
        }
        assertThat(dir.resolve("cache/locks")).isEmptyDirectory();
    }

    private Images open(String slot) throws IOException {
        Path directory = Files.createDirectories(dir.resolve("cache").resolve(slot));
        return Images.open(directory.resolve("data"), ImageOptions.DEFAULT.in(SharedCache.of(directory)));
    }

    private static List<Finding> check(Images images, Inspection.Repairs repairs) throws IOException {
        List<Finding> findings = new ArrayList<>();
        images.check(new Inspection(repairs, findings::add), new NoContainers());
        return findings;
    }
}
