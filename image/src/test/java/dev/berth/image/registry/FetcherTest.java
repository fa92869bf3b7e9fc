package dev.berth.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.Image;
import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image's blobs alone: needs no right, so neither does this. */
final class FetcherTest {
    private static final Platform FOREIGN = new Platform("linux", "riscv64", "");

    @TempDir
    Path dir;

    private FakeRegistry registry;
    private ContentStore content;

    @BeforeEach
    void start() throws IOException {
        registry = FakeRegistry.start();
        content = ContentStore.open(dir, Limits.DEFAULT);
    }

    @AfterEach
    void end() {
        registry.close();
    }

    @Test
    void allBlobsOfAnImageAreThereAfterwards() throws Exception {
        TestImage image = TestImage.of(70_000, 100, 100); // the second layer and the third differ in a name alone
        registry.add("one", image);
        Image fetched = fetch("one", Optional.empty());
        assertThat(fetched.manifest().raw()).isEqualTo(image.manifest().raw());
        assertThat(fetched.id()).isEqualTo(image.manifest().config().digest());
        for (int i = 0; i < image.layers().size(); i++) {
            assertThat(content.read(image.layer(i), 1 << 20))
                    .isEqualTo(image.layers().get(i));
        }
        assertThat(content.list()).hasSize(2 + image.layers().size());
    }

    @Test
    void ofAnIndexTheImageForThePlatformIsFetched() throws Exception {
        TestImage own = TestImage.of(1000);
        TestImage foreign = TestImage.of(FOREIGN, 2000);
        registry.add("own", own);
        registry.add("foreign", foreign);
        registry.add("both", TestImage.index(Map.of(Platform.host(), own, FOREIGN, foreign)));
        assertThat(fetch("both", Optional.empty()).layers())
                .isEqualTo(own.manifest().layers());
        assertThat(fetch("both", Optional.of(FOREIGN)).layers())
                .isEqualTo(foreign.manifest().layers());
        assertThatThrownBy(() -> fetch("both", Optional.of(new Platform("linux", "s390x", ""))))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("no matching manifest for linux/s390x");
    }

    @Test
    void aBlobWithAnotherContentIsRefused() throws Exception {
        TestImage image = TestImage.of(1000);
        registry.add("one", image);
        byte[] lie = image.layers().getFirst().clone();
        lie[lie.length / 2] ^= 1;
        registry.put(FakeRegistry.blob(image, 0), "application/octet-stream", lie);
        assertThatThrownBy(() -> fetch("one", Optional.empty()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("has another content");
        assertThat(content.has(image.layer(0))).isFalse();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThatThrownBy(() -> fetch("none", Optional.empty()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("not found");
    }

    private Image fetch(String tag, Optional<Platform> platform) throws IOException {
        PullRequest request = new PullRequest(registry.domain() + "/x:" + tag, false, platform, Credentials.ANONYMOUS);
        return new Fetcher(content, RegistryOptions.DEFAULT).fetch(request, event -> {});
    }
}
