package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.berth.image.Image;
import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.ImportOptions;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs(Need.ROOT)
@LeavesNothingBehind
final class UploadTest {
    private static final int LAYER_BYTES = 2_000_000;

    @TempDir
    Path dir;

    private final AtomicInteger sessions = new AtomicInteger();
    private final ConcurrentHashMap<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, byte[]> finished = new ConcurrentHashMap<>();
    private FakeRegistry registry;
    private Images images;
    private Image image;
    private String name;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        images = Images.open(dir.resolve("data"), ImageOptions.DEFAULT);
        name = registry.domain() + "/x:1";
        image = images.importTree(
                new ByteArrayInputStream(TestImage.tar("file", LAYER_BYTES)),
                Optional.of(name),
                new ImportOptions(ContainerConfig.EMPTY, Platform.host(), "made for a test"));
    }

    @AfterEach
    void end() {
        images.close();
        registry.close();
    }

    @Test
    void anUploadThatBreaksOffGoesOnWhereItEnded() throws Exception {
        AtomicInteger patches = new AtomicInteger();
        registry.on(exchange -> {
            if (exchange.getRequestMethod().equals("PATCH") && patches.getAndIncrement() == 0) {
                upload(exchange).write(exchange.getRequestBody().readNBytes(700_000));
                throw new IOException("broken off for the test");
            }
            return false;
        });
        registry.on(this::takeUploads);
        push();
        assertThat(patches).hasValue(2);
        assertThat(lastPatch().header("Content-range"))
                .hasValueSatisfying(range -> assertThat(range).startsWith("700000-"));
        assertThat(Digest.sha256(finishedLayer()))
                .isEqualTo(image.layers().getFirst().digest());
    }

    @Test
    void anUploadThatTheRegistryHasForgottenBeginsAnew() throws Exception {
        AtomicInteger patches = new AtomicInteger();
        registry.on(exchange -> {
            if (exchange.getRequestMethod().equals("PATCH") && patches.getAndIncrement() == 0) {
                uploads.remove(exchange.getRequestURI().getPath());
                exchange.getRequestBody().readAllBytes();
                return FakeRegistry.send(exchange, 500, "");
            }
            return false;
        });
        registry.on(this::takeUploads);
        push();
        assertThat(lastPatch().header("Content-range")).isEmpty();
        assertThat(Digest.sha256(finishedLayer()))
                .isEqualTo(image.layers().getFirst().digest());
    }

    @Test
    void aRegistryThatRefusesAManifestIsQuoted() throws Exception {
        registry.on("/v2/x/manifests/1", exchange -> {
            exchange.getRequestBody().readAllBytes();
            return FakeRegistry.send(
                    exchange, 400, "{\"errors\":[{\"code\":\"MANIFEST_INVALID\",\"message\":\"no such thing\"}]}");
        });
        registry.on(this::takeUploads);
        assertThatThrownBy(this::push)
                .isInstanceOf(ImageException.class)
                .hasMessage("push manifest of " + name + ": manifest invalid: no such thing");
        assertThat(images.find(name).repoDigests()).isEmpty();
    }

    @Test
    void aRegistryThatAllowsNoPushIsSaid() {
        registry.on(exchange -> exchange.getRequestMethod().equals("POST")
                && FakeRegistry.send(exchange, 403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not yours\"}]}"));
        assertThatThrownBy(this::push)
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.FORBIDDEN))
                .hasMessageStartingWith("push access denied for " + registry.domain() + "/x")
                .hasMessageEndingWith("denied: not yours");
    }

    private void push() throws IOException {
        images.push(new PushRequest(name, false, Optional.empty(), Credentials.ANONYMOUS), event -> {});
    }

    private FakeRegistry.Request lastPatch() {
        return registry.requestsOf("PATCH").getLast();
    }

    private byte[] finishedLayer() {
        return finished.values().stream()
                .filter(bytes -> bytes.length > LAYER_BYTES / 2)
                .findFirst()
                .orElseThrow();
    }

    private ByteArrayOutputStream upload(HttpExchange exchange) {
        return uploads.getOrDefault(exchange.getRequestURI().getPath(), new ByteArrayOutputStream());
    }

    /** The writing half of a registry. */
    private boolean takeUploads(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        return switch (exchange.getRequestMethod()) {
            case "POST" -> {
                String location = "/uploads/" + sessions.incrementAndGet();
                uploads.put(location, new ByteArrayOutputStream());
                exchange.getResponseHeaders().set("Location", location);
                yield FakeRegistry.send(exchange, 202, "");
            }
            case "PATCH" -> {
                upload(exchange).write(exchange.getRequestBody().readAllBytes());
                exchange.getResponseHeaders().set("Location", path);
                yield FakeRegistry.send(exchange, 202, "");
            }
            case "PUT" -> {
                upload(exchange).write(exchange.getRequestBody().readAllBytes());
                finished.put(path, upload(exchange).toByteArray());
                yield FakeRegistry.send(exchange, 201, "");
            }
            case "GET" -> {
                if (!uploads.containsKey(path)) {
                    yield false;
                }
                exchange.getResponseHeaders()
                        .set("Range", "0-" + (upload(exchange).size() - 1));
                yield FakeRegistry.send(exchange, 204, "");
            }
            default -> false;
        };
    }
}
