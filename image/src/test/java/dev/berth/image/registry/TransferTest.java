package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several transfers at once, transfers that nobody waits for any more, mirrors. */
@Needs(Need.ROOT)
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class TransferTest {
    private static final int FIRST_BYTES = 100_000;

    @TempDir
    Path dir;

    private FakeRegistry registry;
    private Images images;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        images = Images.open(dir.resolve("data"), ImageOptions.DEFAULT);
    }

    @AfterEach
    void end() {
        images.close();
        registry.close();
    }

    @Test
    void aLayerThatSeveralImagesShareIsDownloadedOnceHoweverManyPullIt() throws Exception {
        int pulls = 4;
        TestImage base = TestImage.of(300_000);
        for (int i = 0; i < pulls; i++) {
            registry.add("v" + i, TestImage.of(300_000, 1000 + i));
        }
        CountDownLatch waiting = new CountDownLatch(pulls);
        registry.on(exchange -> {
            if (exchange.getRequestURI().getPath().startsWith("/v2/x/manifests/")) {
                waiting.countDown();
                await(waiting); // so that all of them begin at once
            }
            return false;
        });
        List<CompletableFuture<Image>> all = new ArrayList<>();
        for (int i = 0; i < pulls; i++) {
            all.add(pull("x:v" + i));
        }
        for (CompletableFuture<Image> each : all) {
            assertThat(each.get().layers().getFirst().digest()).isEqualTo(base.layer(0));
        }
        assertThat(registry.requests(FakeRegistry.blob(base, 0))).hasSize(1);
    }

    @Test
    void aPullThatIsInterruptedLeavesNothing() throws Exception {
        TestImage image = TestImage.of(5000, 300_000);
        registry.add("1", image);
        CountDownLatch halfway = stallAfterTheFirstBytes(image, 1);
        CompletableFuture<Image> pull = new CompletableFuture<>();
        Thread puller = start(pull, "x:1");
        await(halfway);
        puller.interrupt();
        assertThatThrownBy(pull::get).hasCauseInstanceOf(InterruptedIOException.class);
        puller.join();
        assertNothingStays();
    }

    @Test
    void aPullGoesOnWithWhatAnotherHadBegunThatWasInterrupted() throws Exception {
        TestImage image = TestImage.of(300_000);
        registry.add("1", image);
        registry.add("2", image);
        CountDownLatch halfway = stallAfterTheFirstBytes(image, 0);
        CompletableFuture<Image> first = new CompletableFuture<>();
        Thread leaver = start(first, "x:1");
        await(halfway);
        CompletableFuture<Image> second = new CompletableFuture<>();
        Thread stayer = start(second, "x:2");
        while (registry.requests("/v2/x/manifests/2").isEmpty()) {
            Thread.onSpinWait();
        }
        leaver.interrupt();
        assertThatThrownBy(first::get).hasCauseInstanceOf(InterruptedIOException.class);
        assertThat(second.get().repoTags()).containsExactly(registry.domain() + "/x:2");
        stayer.join();
        assertThat(registry.requests(FakeRegistry.blob(image, 0))).hasSize(2);
        assertThat(images.list()).hasSize(1);
        assertThat(images.lowerDirs(second.get()).getFirst().resolve("file-0")).hasSize(300_000);
    }

    @Test
    void notMoreLayersTravelAtOnceThanAllowed() throws Exception {
        try (Images narrow = open(RegistryOptions.DEFAULT.withTransfers(1, 1, 5))) {
            TestImage image = TestImage.of(1000, 2000, 3000, 4000);
            registry.add("1", image);
            AtomicInteger now = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            registry.on(exchange -> {
                String path = exchange.getRequestURI().getPath();
                if (path.startsWith("/v2/x/blobs/")) {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(20_000_000); // would others come meanwhile?
                    now.decrementAndGet();
                }
                return false;
            });
            narrow.pull(request(registry.domain() + "/x:1"), event -> {});
            assertThat(most).hasValue(1);
        }
    }

    @Test
    void aDownloadIsTriedAsOftenAsAskedFor() throws Exception {
        try (Images impatient = open(RegistryOptions.DEFAULT.withTransfers(3, 5, 2))) {
            TestImage image = TestImage.of(1000);
            registry.add("1", image);
            registry.on(FakeRegistry.blob(image, 0), exchange -> FakeRegistry.send(exchange, 503, "{\"errors\":[]}"));
            assertThatThrownBy(() -> impatient.pull(request(registry.domain() + "/x:1"), event -> {}))
                    .hasMessageContaining("answered with status 503");
            assertThat(registry.requests(FakeRegistry.blob(image, 0))).hasSize(2);
        }
    }

    @Test
    void aRateLimitIsToldInDockersWords() throws Exception {
        registry.add("1", TestImage.of(1000));
        registry.on("/v2/x/manifests/1", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            return FakeRegistry.send(
                    exchange,
                    429,
                    "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"You have reached your pull rate limit.\"}]}");
        });
        assertThatThrownBy(() -> images.pull(request(registry.domain() + "/x:1"), event -> {}))
                .hasMessage("toomanyrequests: You have reached your pull rate limit.");
        assertThat(registry.requests("/v2/x/manifests/1")).hasSize(1);
    }

    @Test
    void mirrorsOfDockerHubAreAskedInTheirOrder() throws Exception {
        try (FakeRegistry broken = FakeRegistry.start();
                Images mirrored = open(RegistryOptions.DEFAULT
                        .withTransfers(3, 5, 1)
                        .withMirrors(List.of(
                                URI.create("http://" + broken.domain()),
                                URI.create("http://" + registry.domain() + "/"))))) {
            broken.on(exchange -> FakeRegistry.send(exchange, 500, "{}"));
            TestImage image = TestImage.of(1000);
            registry.addAs("library/x", "latest", image);
            Recorder recorder = new Recorder();
            Image pulled = mirrored.pull(
                    new PullRequest("x", false, Optional.empty(), new Credentials.Basic("me", "secret")), recorder);
            assertThat(pulled.repoTags()).containsExactly("x:latest");
            assertThat(broken.requests("/v2/library/x/manifests/latest")).hasSize(1);
            assertThat(recorder.messages()).anyMatch(text -> text.startsWith("Mirror " + broken.domain()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mirror.example",
                "ftp://mirror.example",
                "https://mirror.example/path",
                "https://mirror.example/?q",
                "https://me:secret@mirror.example",
                "https://",
                "not a uri"
            })
    void aMirrorThatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> RegistryOptions.mirror(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("invalid mirror: ");
    }

    @Test
    void whatARegistryHasIsToldWithoutFetchingIt() throws Exception {
        TestImage one = TestImage.of(Platform.host(), 1000);
        registry.add("1", one);
        RemoteImage found = images.inspectRemote(registry.domain() + "/x:1", Credentials.ANONYMOUS);
        assertThat(found.descriptor()).isEqualTo(one.manifest().descriptor());
        assertThat(found.platforms()).containsExactly(Platform.host());
        Platform arm = new Platform("linux", "arm64", "v8");
        var index = TestImage.index(Map.of(arm, one));
        registry.add("all", index);
        assertThat(images.inspectRemote(registry.domain() + "/x:all", Credentials.ANONYMOUS)
                        .platforms())
                .containsExactly(arm);
        assertThatThrownBy(() -> images.inspectRemote(registry.domain() + "/x:none", Credentials.ANONYMOUS))
                .hasMessageContaining("not found: manifest unknown");
        assertThat(images.list()).isEmpty();
    }

    @Test
    void aRegistryIsSearchedByItsCatalogue() throws Exception {
        registry.on(exchange -> {
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            if (!exchange.getRequestURI().getPath().equals("/v2/_catalog")) {
                return false;
            }
            if (query.contains("last")) {
                return FakeRegistry.send(exchange, 200, "{\"repositories\":[\"team/app-three\"]}");
            }
            exchange.getResponseHeaders().set("Link", "</v2/_catalog?last=b&n=2>; rel=\"next\"");
            return FakeRegistry.send(exchange, 200, "{\"repositories\":[\"app-one\",\"other\"]}");
        });
        assertThat(images.search(registry.domain() + "/APP", 25, Credentials.ANONYMOUS))
                .extracting(SearchResult::name)
                .containsExactly(registry.domain() + "/app-one", registry.domain() + "/team/app-three");
        assertThat(images.search(registry.domain() + "/app", 1, Credentials.ANONYMOUS))
                .hasSize(1);
        registry.behave();
        assertThatThrownBy(() -> images.search(registry.domain() + "/app", 1, Credentials.ANONYMOUS))
                .hasMessageContaining("it has no catalogue to search");
    }

    /** Lets a layer's download stand still after its first bytes, the first time. */
    private CountDownLatch stallAfterTheFirstBytes(TestImage image, int layer) {
        CountDownLatch halfway = new CountDownLatch(1);
        AtomicInteger times = new AtomicInteger();
        byte[] bytes = image.layers().get(layer);
        registry.on(FakeRegistry.blob(image, layer), exchange -> {
            if (times.getAndIncrement() > 0) {
                return false;
            }
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, FIRST_BYTES);
            exchange.getResponseBody().flush();
            FakeRegistry.awaitIngest(dir.resolve("data/content/ingest"), FIRST_BYTES);
            halfway.countDown();
            await(new CountDownLatch(1)); // until the registry is closed
            return true;
        });
        return halfway;
    }

    private Thread start(CompletableFuture<Image> result, String name) {
        return Thread.ofVirtual().start(() -> {
            try {
                result.complete(images.pull(request(registry.domain() + "/" + name), event -> {}));
            } catch (IOException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
    }

    private CompletableFuture<Image> pull(String name) {
        CompletableFuture<Image> result = new CompletableFuture<>();
        start(result, name);
        return result;
    }

    private static PullRequest request(String name) {
        return new PullRequest(name, false, Optional.empty(), Credentials.ANONYMOUS);
    }

    private Images open(RegistryOptions registries) throws IOException {
        return Images.open(dir.resolve("other"), ImageOptions.DEFAULT.with(registries));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the registry is closed");
        }
    }

    private void assertNothingStays() throws IOException {
        assertThat(images.list()).isEmpty();
        for (String part : List.of("content", "l", "snapshots", "images", "names")) {
            try (var files = Files.walk(dir.resolve("data").resolve(part))) {
                assertThat(files.filter(Files::isRegularFile)).as(part).isEmpty();
            }
        }
    }
}
