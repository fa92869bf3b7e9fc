package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.ImageUser;
import dev.berth.image.Images;
import dev.berth.image.check.Finding;
import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.image.oci.Digest;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two stores of one cache pull from a registry that counts. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SharedPullTest {
    private static final Holders NO_CONTAINERS = new Holders() {
        @Override
        public boolean exists(String id) {
            return false;
        }

        @Override
        public Set<String> ofImages() {
            return Set.of();
        }

        @Override
        public Set<String> running() {
            return Set.of();
        }
    };

    @TempDir
    Path dir;

    private FakeRegistry registry;
    private Images first;
    private Images second;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        first = open("0");
        second = open("1");
    }

    @AfterEach
    void end() {
        first.close();
        second.close();
        registry.close();
    }

    private Images open(String slot) throws IOException {
        Path directory = Files.createDirectories(dir.resolve("cache").resolve(slot));
        return Images.open(directory.resolve("data"), ImageOptions.DEFAULT.in(SharedCache.of(directory)));
    }

    private Path blob(String slot, Digest blob) {
        return dir.resolve("cache/" + slot + "/data/content/blobs/sha256/" + blob.hex());
    }

    private Image pull(Images images, String tag) throws IOException {
        return images.pull(
                new PullRequest(registry.domain() + "/x:" + tag, false, Optional.empty(), Credentials.ANONYMOUS),
                event -> {});
    }

    private CompletableFuture<Image> pullLater(Images images, String tag) {
        CompletableFuture<Image> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(pull(images, tag));
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private void assertWhole(Images images, Image image, int... layerBytes) throws IOException {
        List<Path> lower = images.lowerDirs(image);
        assertThat(lower).hasSize(layerBytes.length);
        for (int i = 0; i < layerBytes.length; i++) {
            assertThat(lower.reversed().get(i).resolve("file-" + i)).hasSize(layerBytes[i]);
        }
    }

    @Test
    void whatOneStoreHasAnotherDoesNotAskFor() throws IOException {
        TestImage image = TestImage.of(50_000, 70_000);
        registry.add("1", image);
        pull(first, "1");
        Image again = pull(second, "1");
        assertWhole(second, again, 50_000, 70_000);
        for (int i = 0; i < 2; i++) {
            assertThat(registry.requests(FakeRegistry.blob(image, i))).hasSize(1);
            assertThat(Files.isSameFile(blob("0", image.layer(i)), blob("1", image.layer(i))))
                    .isTrue();
        }
        assertThat(registry.requests("/v2/x/manifests/1")).hasSize(2); // what the name means, each asks for itself
    }

    @Test
    void twoThatPullAtTheSameTimeFetchEachLayerOnce() throws Exception {
        TestImage image = TestImage.of(200_000, 300_000, 400_000);
        registry.add("1", image);
        CountDownLatch both = new CountDownLatch(2);
        registry.on("/v2/x/manifests/1", exchange -> {
            both.countDown();
            await(both);
            return false;
        });
        List<CompletableFuture<Image>> pulls = List.of(pullLater(first, "1"), pullLater(second, "1"));
        assertWhole(first, pulls.get(0).get(), 200_000, 300_000, 400_000);
        assertWhole(second, pulls.get(1).get(), 200_000, 300_000, 400_000);
        for (int i = 0; i < 3; i++) {
            assertThat(registry.requests(FakeRegistry.blob(image, i))).hasSize(1);
        }
        assertThat(dir.resolve("cache/locks")).isEmptyDirectory();
    }

    @Test
    void whoWaitsForAPullThatFailsPullsItself() throws Exception {
        TestImage image = TestImage.of(300_000);
        registry.add("1", image);
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch fail = new CountDownLatch(1);
        registry.on(FakeRegistry.blob(image, 0), exchange -> {
            if (registry.requests(FakeRegistry.blob(image, 0)).size() > 1) {
                return false;
            }
            begun.countDown();
            await(fail);
            return FakeRegistry.send(exchange, 403, "{}");
        });
        CompletableFuture<Image> failing = pullLater(first, "1");
        begun.await();
        CompletableFuture<Image> waiting = pullLater(second, "1");
        while (registry.requests("/v2/x/manifests/1").size() < 2) {
            Thread.onSpinWait();
        }
        fail.countDown();
        assertThatThrownBy(failing::get).hasMessageContaining("403");
        assertWhole(second, waiting.get(), 300_000);
        assertThat(first.list()).isEmpty();
    }

    @Test
    void whatOneStoreRemovesStaysInTheOther() throws IOException {
        TestImage image = TestImage.of(50_000);
        registry.add("1", image);
        pull(first, "1");
        Image kept = pull(second, "1");
        first.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
        assertThat(blob("0", image.layer(0))).doesNotExist();
        assertThat(blob("1", image.layer(0))).exists();
        assertWhole(second, kept, 50_000);
        pull(first, "1");
        assertThat(registry.requests(FakeRegistry.blob(image, 0))).hasSize(1);
    }

    @Test
    void aDamagedFileIsNotLentAgain() throws IOException {
        TestImage image = TestImage.of(50_000);
        registry.add("1", image);
        pull(first, "1");
        pull(second, "1");
        Files.write(blob("0", image.layer(0)), new byte[Math.toIntExact(Files.size(blob("0", image.layer(0))))]);
        List<Finding> findings = new ArrayList<>();
        first.check(new Inspection(Inspection.Repairs.ALL, findings::add), NO_CONTAINERS);
        assertThat(findings)
                .anyMatch(finding -> finding.subject().contains(image.layer(0).hex()));
        pull(first, "1");
        assertThat(registry.requests(FakeRegistry.blob(image, 0))).hasSize(2);
        assertThat(Files.mismatch(
                        blob("0", image.layer(0)),
                        Files.write(dir.resolve("right"), image.layers().getFirst())))
                .isEqualTo(-1);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
