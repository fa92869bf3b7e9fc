package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageException.Kind;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs(Need.ROOT)
@LeavesNothingBehind
final class HostileRegistryTest {
    @TempDir
    Path dir;

    private Path ingests;
    private FakeRegistry registry;
    private Images images;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        ingests = dir.resolve("data/content/ingest");
        images = Images.open(dir.resolve("data"), ImageOptions.DEFAULT);
    }

    @AfterEach
    void end() {
        images.close();
        registry.close();
    }

    @Test
    void aLayerWithAnotherContentIsRefusedAndLeavesNothing() throws Exception {
        TestImage image = TestImage.of(50_000, 60_000);
        registry.add("1", image);
        byte[] other = TestImage.gzip(TestImage.tar("file-1", 60_000));
        other[other.length / 2] ^= 1;
        registry.put(FakeRegistry.blob(image, 1), "application/octet-stream", other);
        assertThatPull("x:1", Kind.INVALID).hasMessageContaining("blob " + image.layer(1) + " has another content");
        assertNothingStays();
    }

    @Test
    void aLayerOfAnotherSizeIsRefused() throws Exception {
        TestImage image = TestImage.of(50_000);
        registry.add("1", image);
        registry.put(FakeRegistry.blob(image, 0), "application/octet-stream", new byte[10]);
        assertThatPull("x:1", Kind.INVALID).hasMessageContaining("is sent with another size than the");
        assertNothingStays();
    }

    @Test
    void aLayerThatDoesNotEndIsCutOff() throws Exception {
        TestImage image = TestImage.of(50_000);
        registry.add("1", image);
        registry.on(FakeRegistry.blob(image, 0), exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(image.layers().getFirst());
            }
        });
        assertThatPull("x:1", Kind.INVALID).hasMessageContaining("goes on after the");
        assertNothingStays();
    }

    @Test
    void aLayerWhoseFilesAreNotThoseOfTheConfigurationIsRefused() throws Exception {
        TestImage honest = TestImage.of(1000);
        byte[] blob = TestImage.gzip(TestImage.tar("file-0", 2000));
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST,
                honest.manifest().config(),
                List.of(Descriptor.of(MediaTypes.OCI_LAYER_GZIP, blob)),
                Map.of());
        registry.add("1", new TestImage(manifest, honest.config(), List.of(blob)));
        assertThatPull("x:1", Kind.INVALID).hasMessageContaining("its diff ID is");
        assertNothingStays();
    }

    @Test
    void aDownloadThatBreaksOffGoesOnWhereItEnded() throws Exception {
        TestImage image = TestImage.of(300_000);
        registry.add("1", image);
        AtomicInteger times = new AtomicInteger();
        registry.on(
                FakeRegistry.blob(image, 0),
                exchange -> times.getAndIncrement() == 0
                        && FakeRegistry.sendSome(exchange, image.layers().getFirst(), 100_000, ingests));
        assertThat(file(pull("x:1"))).hasSize(300_000);
        assertThat(registry.requests(FakeRegistry.blob(image, 0)).getLast().header("Range"))
                .contains("bytes=100000-");
    }

    @Test
    void aRegistryThatKnowsNoRangesMayBeginAnew() throws Exception {
        TestImage image = TestImage.of(300_000);
        registry.add("1", image);
        AtomicInteger times = new AtomicInteger();
        registry.on(FakeRegistry.blob(image, 0), exchange -> {
            if (times.getAndIncrement() == 0) {
                return FakeRegistry.sendSome(exchange, image.layers().getFirst(), 100_000, ingests);
            }
            return FakeRegistry.send(exchange, 200, image.layers().getFirst());
        });
        assertThat(file(pull("x:1"))).hasSize(300_000);
        assertThat(times).hasValue(2);
    }

    @Test
    void theNextPullGoesOnWhereAFailedOneEnded() throws Exception {
        TestImage image = TestImage.of(300_000);
        registry.add("1", image);
        AtomicInteger times = new AtomicInteger();
        registry.on(FakeRegistry.blob(image, 0), exchange -> switch (times.getAndIncrement()) {
            case 0 -> FakeRegistry.sendSome(exchange, image.layers().getFirst(), 100_000, ingests);
            default -> FakeRegistry.send(exchange, 404, "");
        });
        assertThatPull("x:1", Kind.NOT_FOUND);
        registry.behave();
        assertThat(file(pull("x:1"))).hasSize(300_000);
        assertThat(registry.requests(FakeRegistry.blob(image, 0)).getLast().header("Range"))
                .contains("bytes=100000-");
    }

    @Test
    void aDownloadThatNeverGetsAnyFurtherIsGivenUp() throws Exception {
        TestImage image = TestImage.of(300_000);
        registry.add("1", image);
        registry.on(
                FakeRegistry.blob(image, 0),
                exchange -> FakeRegistry.sendSome(exchange, image.layers().getFirst(), 1000, ingests));
        assertThatPull("x:1", Kind.UNAVAILABLE).hasMessageContaining("breaks off after 1000 of");
    }

    @Test
    void whatIsNoManifestIsRefused() throws Exception {
        registry.put("/v2/x/manifests/html", "text/html; charset=utf-8", "<html>".getBytes());
        assertThatPull("x:html", Kind.INVALID).hasMessageContaining("\"text/html\", which is no image manifest's type");
        registry.put("/v2/x/manifests/old", "application/vnd.docker.distribution.manifest.v1+prettyjws", new byte[2]);
        assertThatPull("x:old", Kind.INVALID).hasMessageContaining("schema version 1");
        registry.put("/v2/x/manifests/cut", MediaTypes.OCI_MANIFEST, "{\"schemaVersion\":2,".getBytes());
        assertThatPull("x:cut", Kind.INVALID).hasMessageContaining("not well-formed JSON");
        TestImage image = TestImage.of(10);
        registry.put(
                "/v2/x/manifests/mixed",
                MediaTypes.DOCKER_MANIFEST,
                image.manifest().raw().bytes());
        assertThatPull("x:mixed", Kind.INVALID).hasMessageContaining("it was announced as");
        assertNothingStays();
    }

    @Test
    void aManifestWithAnotherDigestIsRefused() throws Exception {
        TestImage image = TestImage.of(10);
        TestImage other = TestImage.of(11);
        registry.add("1", image);
        String digest = image.manifest().raw().digest().toString();
        registry.put(
                "/v2/x/manifests/" + digest,
                MediaTypes.OCI_MANIFEST,
                other.manifest().raw().bytes());
        assertThatPull("x@" + digest, Kind.INVALID).hasMessageContaining("has another content");
        registry.add("index", TestImage.index(Map.of(Platform.host(), image)));
        assertThatPull("x:index", Kind.INVALID).hasMessageContaining("has another content");
    }

    @Test
    void aHugeManifestIsRefusedWithoutReadingItAll() {
        registry.on("/v2/x/manifests/huge", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", MediaTypes.OCI_MANIFEST);
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(new byte[1 << 20]);
            }
        });
        assertThatPull("x:huge", Kind.TOO_LARGE)
                .hasMessageContaining("longer than the " + Limits.DEFAULT.manifestBytes() + " bytes allowed");
    }

    @Test
    void aConfigurationAnnouncedAsHugeIsNotFetched() throws Exception {
        TestImage image = TestImage.of(10);
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST,
                new Descriptor(MediaTypes.OCI_CONFIG, image.manifest().config().digest(), 1L << 40),
                image.manifest().layers(),
                Map.of());
        registry.add("1", new TestImage(manifest, image.config(), image.layers()));
        assertThatPull("x:1", Kind.TOO_LARGE);
        assertThat(registry.requests("/v2/x/blobs/" + image.manifest().config().digest()))
                .isEmpty();
    }

    @Test
    void redirectsAreFollowedButNotInCircles() throws Exception {
        TestImage image = TestImage.of(1000);
        registry.add("1", image);
        registry.on(FakeRegistry.blob(image, 0), exchange -> {
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            return FakeRegistry.send(exchange, 307, "");
        });
        registry.put("/elsewhere", "application/octet-stream", image.layers().getFirst());
        assertThat(file(pull("x:1"))).hasSize(1000);
        registry.on("/v2/x/manifests/round", exchange -> {
            exchange.getResponseHeaders().set("Location", "/v2/x/manifests/round");
            return FakeRegistry.send(exchange, 302, "");
        });
        assertThatPull("x:round", Kind.INVALID).hasMessageContaining("redirects in circles");
        assertThat(registry.requests("/v2/x/manifests/round")).hasSize(RegistryLimits.REDIRECTS + 1);
        registry.on("/v2/x/manifests/file", exchange -> {
            exchange.getResponseHeaders().set("Location", "file:///etc/passwd");
            return FakeRegistry.send(exchange, 302, "");
        });
        assertThatPull("x:file", Kind.INVALID).hasMessageContaining("not followed");
    }

    @Test
    void aRegistryThatIsBusyIsAskedAgain() throws Exception {
        TestImage image = TestImage.of(1000);
        registry.add("1", image);
        AtomicInteger times = new AtomicInteger();
        registry.on("/v2/x/manifests/1", exchange -> switch (times.getAndIncrement()) {
            case 0 -> {
                exchange.getResponseHeaders().set("Retry-After", "0");
                yield FakeRegistry.send(exchange, 429, "");
            }
            case 1 -> FakeRegistry.send(exchange, 503, "");
            default -> false;
        });
        pull("x:1");
        assertThat(times).hasValue(3);
    }

    @Test
    void aRateLimitThatLastsIsSaidAtOnce() {
        registry.on("/v2/x/manifests/1", exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            return FakeRegistry.send(
                    exchange,
                    429,
                    "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow\\u001b[31m down\"}]}");
        });
        assertThatPull("x:1", Kind.UNAVAILABLE).hasMessageEndingWith("toomanyrequests: slow [31m down");
        assertThat(registry.requests("/v2/x/manifests/1")).hasSize(1);
    }

    @Test
    void thePlatformAskedForIsTakenFromAnIndex() throws Exception {
        Platform arm = new Platform("linux", "arm64", "v8");
        TestImage theirs = TestImage.of(arm, 100);
        TestImage ours = TestImage.of(200);
        registry.add("a", theirs);
        registry.add("b", ours);
        registry.add("1", TestImage.index(Map.of(arm, theirs, Platform.host(), ours)));
        assertThat(pull("x:1").config().platform()).isEqualTo(Platform.host());
        Image image = images.pull(
                new PullRequest(
                        registry.domain() + "/x:1", false, Optional.of(Platform.parse("arm64")), Credentials.ANONYMOUS),
                event -> {});
        assertThat(image.config().platform().architecture()).isEqualTo("arm64");
        PullRequest riscv = new PullRequest(
                registry.domain() + "/x:1", false, Optional.of(Platform.parse("linux/riscv64")), Credentials.ANONYMOUS);
        assertThatThrownBy(() -> images.pull(riscv, event -> {}))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NO_MATCHING_PLATFORM))
                .hasMessageContaining("no matching manifest for linux/riscv64")
                .hasMessageContaining("linux/arm64/v8");
    }

    @Test
    void aLayerListedTwiceIsFetchedOnce() throws Exception {
        TestImage one = TestImage.of(1000);
        byte[] config = new String(one.config())
                .replaceAll("\\[(\"sha256:[^]]*)]", "[$1,$1]")
                .getBytes();
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST,
                Descriptor.of(MediaTypes.OCI_CONFIG, config),
                List.of(
                        one.manifest().layers().getFirst(),
                        one.manifest().layers().getFirst()),
                Map.of());
        registry.add("1", new TestImage(manifest, config, one.layers()));
        TestImage twice = new TestImage(
                manifest, config, List.of(one.layers().getFirst(), one.layers().getFirst()));
        assertThat(images.lowerDirs(pull("x:1"))).hasSize(2);
        assertThat(registry.requests(FakeRegistry.blob(twice, 0))).hasSize(1);
    }

    @Test
    void aListOfTagsThatDoesNotEndIsRefused() {
        registry.on("/v2/x/tags/list", exchange -> {
            exchange.getResponseHeaders().set("Link", "</v2/x/tags/list?last=a>; rel=\"next\"");
            return FakeRegistry.send(exchange, 200, "{\"name\":\"x\",\"tags\":[\"a\"]}");
        });
        PullRequest all = new PullRequest(registry.domain() + "/x", true, Optional.empty(), Credentials.ANONYMOUS);
        assertThatThrownBy(() -> images.pull(all, event -> {})).hasMessageContaining("does not end");
    }

    private Image pull(String name) throws IOException {
        return images.pull(request(name), event -> {});
    }

    private PullRequest request(String name) {
        return new PullRequest(registry.domain() + "/" + name, false, Optional.empty(), Credentials.ANONYMOUS);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertThatPull(String name, Kind kind) {
        return assertThatThrownBy(() -> pull(name))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    private Path file(Image image) throws IOException {
        return images.lowerDirs(image).getFirst().resolve("file-0");
    }

    private void assertNothingStays() throws IOException {
        assertThat(images.list()).isEmpty();
        for (String part : List.of("content", "snapshots", "l")) {
            try (var files = Files.walk(dir.resolve("data").resolve(part))) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
        }
    }
}
