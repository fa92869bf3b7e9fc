package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.ImageUser;
import dev.berth.image.Images;
import dev.berth.image.check.Finding;
import dev.berth.image.check.Inspection;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.shared.SharedCache;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.Overlay;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert;
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
        assertThat(pool()).hasSize(2);
        assertThat(second.lowerDirs(again)).isEqualTo(first.lowerDirs(again));
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
        assertThat(pool()).hasSize(3);
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
        first.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
        second.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
        assertThat(pool()).isEmpty();
    }

    @Test
    void aStoreThatIsTakenAwayHoldsNoLayers() throws Exception {
        registry.add("1", TestImage.of(50_000));
        registry.add("2", TestImage.of(50_000, 60_000));
        Image kept = pull(first, "1");
        pull(second, "2");
        second.close();
        delete(dir.resolve("cache/1"));
        assertThat(pool()).hasSize(2);
        first.close();
        assertThat(pool()).hasSize(1);
        first = open("0");
        second = open("1");
        assertWhole(first, kept, 50_000);
        assertWhole(second, pull(second, "2"), 50_000, 60_000);
    }

    @Test
    void aTreeThatSomebodyWhoDiedHasLeftIsNotUsedAndGoes() throws IOException {
        registry.add("1", TestImage.of(50_000));
        Path tree = first.lowerDirs(pull(first, "1")).getFirst();
        first.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
        Files.createDirectories(tree.resolve("half/of/it"));
        Image again = pull(second, "1");
        assertWhole(second, again, 50_000);
        assertThat(second.lowerDirs(again)).doesNotContain(tree);
        Files.createDirectories(dir.resolve("cache/layers/0123456789ab/half"));
        Files.createFile(dir.resolve("cache/locks/blob-left"));
        assertThat(findings(second, Inspection.Repairs.NOTHING)).hasSize(2);
        assertThat(findings(second, Inspection.Repairs.UNFINISHED)).hasSize(2);
        assertThat(findings(second, Inspection.Repairs.NOTHING)).isEmpty();
        second.close();
        assertThat(pool()).hasSize(1);
        assertThat(dir.resolve("cache/locks")).isEmptyDirectory();
        second = open("1");
    }

    @Test
    void thePoolNeedNotBeKeptWithTheSlots() throws Exception {
        TestImage image = TestImage.of(50_000, 60_000);
        registry.add("1", image);
        Image pulled = pull(first, "1");
        pull(second, "1");
        first.close();
        second.close();
        delete(dir.resolve("cache/layers"));
        first = open("0");
        second = open("1");
        assertThat(findings(first, Inspection.Repairs.UNFINISHED)).hasSize(2);
        assertWhole(second, pulled, 50_000, 60_000);
        assertWhole(first, pulled, 50_000, 60_000);
        assertThat(pool()).hasSize(2);
        assertThat(registry.requests(FakeRegistry.blob(image, 0))).hasSize(1);
    }

    @Test
    void layersThatAStoreHasByItselfGoOnBesideThePool() throws Exception {
        registry.add("1", TestImage.of(50_000));
        registry.add("2", TestImage.of(50_000, 60_000));
        first.close();
        try (Images older = Images.open(dir.resolve("cache/0/data"), ImageOptions.DEFAULT)) {
            assertThat(pull(older, "1").layers()).hasSize(1);
        }
        assertThat(pool()).isEmpty();
        first = open("0");
        Image both = pull(first, "2");
        assertWhole(first, both, 50_000, 60_000);
        assertThat(first.lowerDirs(both).getLast()).startsWith(dir.resolve("cache/0/data/l"));
        assertThat(first.lowerDirs(both).getFirst()).startsWith(dir.resolve("cache/layers"));
        try (Directory overlay = Overlay.open(
                first.lowerDirs(both),
                Files.createDirectories(dir.resolve("upper")),
                Files.createDirectories(dir.resolve("work")))) {
            assertThat(overlay.list()).containsExactlyInAnyOrder("file-0", "file-1");
        }
        assertWhole(second, pull(second, "2"), 50_000, 60_000);
        assertThat(pool()).hasSize(2);
        assertThat(findings(first, Inspection.Repairs.NOTHING)).isEmpty();
        first.remove(registry.domain() + "/x:2", true, any -> List.<ImageUser>of());
        first.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
        assertThat(dir.resolve("cache/0/data/l")).isEmptyDirectory();
        assertThat(pool()).hasSize(2);
    }

    @Test
    void aDamagedLayerIsMadeAnewUnlessAnotherStoreHasItToo() throws IOException {
        registry.add("1", TestImage.of(50_000));
        Image pulled = pull(first, "1");
        pull(second, "1");
        Path file = first.lowerDirs(pulled).getFirst().resolve("file-0");
        Files.writeString(file, "damaged");
        assertThat(findings(first, Inspection.Repairs.ALL))
                .singleElement()
                .satisfies(finding -> assertThat(finding.action()).contains("other slots of the cache use it"));
        assertThat(file).hasContent("damaged");
        second.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
        assertThat(findings(first, Inspection.Repairs.ALL))
                .singleElement()
                .satisfies(finding -> assertThat(finding.action()).isEqualTo("unpacked again"));
        assertWhole(first, pulled, 50_000);
        assertThat(findings(first, Inspection.Repairs.NOTHING)).isEmpty();
        assertThat(pool()).hasSize(1);
    }

    @Test
    void whatOneStoreHasAnotherFindsByItsNameAndItsId() throws IOException {
        TestImage image = TestImage.of(50_000, 70_000);
        registry.add("1", image);
        Image pulled = pull(first, "1");
        Image found = second.find(registry.domain() + "/x:1");
        assertThat(found.id()).isEqualTo(pulled.id());
        assertThat(found.repoTags()).isEqualTo(pulled.repoTags());
        assertThat(found.repoDigests()).isEqualTo(pulled.repoDigests()).isNotEmpty();
        assertThat(registry.requests("/v2/x/manifests/1")).hasSize(1);
        first.remove(registry.domain() + "/x:1", true, any -> List.<ImageUser>of());
        assertWhole(second, found, 50_000, 70_000);
        try (Images third = open("2")) {
            assertThat(third.find(pulled.id().toString()).id()).isEqualTo(pulled.id());
        }
    }

    @Test
    void whatAStoreHasRemovedItDoesNotFindInAnother() throws IOException {
        registry.add("1", TestImage.of(50_000));
        registry.add("2", TestImage.of(60_000));
        String name = registry.domain() + "/x:1";
        Image pulled = pull(first, "1");
        second.find(name);
        second.remove(name, true, any -> List.<ImageUser>of());
        assertThat(kindOf(() -> second.find(name))).isEqualTo(ImageException.Kind.NOT_FOUND);
        assertThat(kindOf(() -> second.find(pulled.id().toString()))).isEqualTo(ImageException.Kind.NOT_FOUND);
        assertThat(kindOf(() -> second.remove(name, true, any -> List.<ImageUser>of())))
                .isEqualTo(ImageException.Kind.NOT_FOUND);
        first.tag(pull(first, "2").id().toString(), name);
        assertWhole(second, second.find(name), 60_000); // the name means another image now
    }

    @Test
    void ofTwoThatHaveANameTheOneThatGotItLastCounts() throws IOException {
        registry.add("1", TestImage.of(50_000));
        registry.add("2", TestImage.of(60_000));
        String name = "mine:1";
        first.tag(pull(first, "1").id().toString(), name);
        Image later = pull(second, "2");
        second.tag(later.id().toString(), name);
        try (Images third = open("2")) {
            assertThat(third.find(name).id()).isEqualTo(later.id());
        }
    }

    @Test
    void anImageOfWhichAPartIsMissingIsNotFoundAndLeavesNothing() throws IOException {
        TestImage image = TestImage.of(50_000, 70_000);
        registry.add("1", image);
        pull(first, "1");
        Files.delete(blob("0", image.layer(1)));
        assertThat(kindOf(() -> second.find(registry.domain() + "/x:1"))).isEqualTo(ImageException.Kind.NOT_FOUND);
        assertNothingIn("1");
        assertThat(findings(second, Inspection.Repairs.NOTHING)).isEmpty();
    }

    @Test
    void anImageWhoseLayersAreDamagedIsNotFoundAndLeavesNothing() throws Exception {
        TestImage image = TestImage.of(50_000, 70_000);
        registry.add("1", image);
        pull(first, "1");
        first.close();
        delete(dir.resolve("cache/layers"));
        Files.write(blob("0", image.layer(1)), new byte[(int) Files.size(blob("0", image.layer(1)))]);
        second.close();
        second = open("1");
        assertThat(kindOf(() -> second.find(registry.domain() + "/x:1"))).isEqualTo(ImageException.Kind.NOT_FOUND);
        assertNothingIn("1");
        assertThat(second.list()).isEmpty();
        second.close();
        assertThat(pool()).isEmpty();
        first = open("0");
        second = open("1");
    }

    @Test
    void aRecordOfATreeThatIsGoneNeverMeansOneThatIsJustBeingMade() throws Exception {
        TestImage image = TestImage.of(400_000);
        registry.add("1", image);
        Image pulled = pull(first, "1");
        first.close();
        delete(dir.resolve("cache/layers"));
        second.close();
        second = open("1");
        first = open("0");
        CountDownLatch halfway = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Files.delete(blob("0", image.layer(0)));
        registry.on(FakeRegistry.blob(image, 0), exchange -> {
            byte[] bytes = image.layers().getFirst();
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, 100_000);
            exchange.getResponseBody().flush();
            FakeRegistry.awaitIngest(dir.resolve("cache/1/data/content/ingest"), 100_000);
            halfway.countDown();
            await(goOn);
            exchange.getResponseBody().write(bytes, 100_000, bytes.length - 100_000);
            return true;
        });
        CompletableFuture<Image> pull = pullLater(second, "1");
        halfway.await();
        CompletableFuture<Boolean> use = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                assertWhole(first, pulled, 400_000);
                use.complete(true);
            } catch (IOException | AssertionError e) {
                use.completeExceptionally(e);
            }
        });
        assertThatThrownBy(() -> use.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        goOn.countDown();
        assertWhole(second, pull.get(), 400_000);
        assertThat(use.get()).isTrue();
    }

    private void assertNothingIn(String slot) throws IOException {
        for (String folder : List.of("content/blobs/sha256", "content/ingest", "images", "names", "snapshots", "l")) {
            assertThat(dir.resolve("cache").resolve(slot).resolve("data").resolve(folder))
                    .isEmptyDirectory();
        }
    }

    private static ImageException.Kind kindOf(ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(ImageException.class, call).kind();
    }

    private static List<Finding> findings(Images images, Inspection.Repairs repairs) throws IOException {
        List<Finding> findings = new ArrayList<>();
        images.check(new Inspection(repairs, findings::add), new NoContainers());
        return findings;
    }

    private List<Path> pool() throws IOException {
        try (Stream<Path> trees = Files.list(dir.resolve("cache/layers"))) {
            return trees.toList();
        }
    }

    private static void delete(Path tree) throws IOException {
        try (Directory parent = Directory.open(tree.resolveSibling("."))) {
            parent.deleteTree(String.valueOf(tree.getFileName()));
        }
    }

    @Test
    void aDamagedFileIsNotLentAgain() throws IOException {
        TestImage image = TestImage.of(50_000);
        registry.add("1", image);
        pull(first, "1");
        pull(second, "1");
        Files.write(blob("0", image.layer(0)), new byte[Math.toIntExact(Files.size(blob("0", image.layer(0))))]);
        List<Finding> findings = new ArrayList<>();
        first.check(new Inspection(Inspection.Repairs.ALL, findings::add), new NoContainers());
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
