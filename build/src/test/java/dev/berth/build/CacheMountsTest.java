package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheEntry;
import dev.berth.build.cache.CacheFilter;
import dev.berth.image.oci.Platform;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Directories of {@code RUN --mount=type=cache} as a part of the build cache. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CacheMountsTest extends InWorkshop {
    private static final CacheFilter MOUNTS = CacheFilter.of(Map.of("type", List.of("exec.cachemount")));
    private static final String DOCKERFILE = """
            FROM box
            RUN --mount=type=cache,id=downloads,target=/c busybox head -c 100000 /dev/zero >>/c/got
            RUN --mount=type=cache,id=other,target=/c touch /c/nothing
            """;

    private List<CacheEntry> mounts() throws IOException {
        return shop.builder().list().stream().filter(MOUNTS::means).toList();
    }

    @Test
    void theyAreListedWithWhatTheyAreForAndHowLargeTheyAre() throws Exception {
        shop.order(DOCKERFILE).build();
        shop.order(DOCKERFILE).afresh().build();
        shop.restart();
        assertThat(mounts()).hasSize(2).allSatisfy(entry -> {
            assertThat(entry.uses()).isEqualTo(2);
            assertThat(entry.inUse()).isFalse();
            assertThat(entry.created()).isBefore(entry.lastUsed());
        });
        assertThat(mounts())
                .filteredOn(entry -> entry.bytes() == 200_000)
                .extracting(CacheEntry::description)
                .containsExactly("cached mount /c from exec /bin/sh -c busybox head -c 100000 /dev/zero >>/c/got"
                        + " with id \"downloads\"");
    }

    @Test
    void theyArePrunedAlsoByThemselves() throws Exception {
        shop.order(DOCKERFILE).named("kept").build();
        int others = shop.builder().list().size() - 2;
        assertThat(shop.builder()
                        .prune(MOUNTS, false, CacheBounds.reserved(99_999))
                        .deleted())
                .as("the larger one, which was used first, would be too much")
                .hasSize(1)
                .allSatisfy(entry -> assertThat(entry.bytes()).isEqualTo(100_000));
        assertThat(shop.builder().prune(MOUNTS, false, CacheBounds.NONE).deleted())
                .hasSize(1);
        assertThat(mounts()).isEmpty();
        assertThat(shop.directory().resolve("data/build/mounts")).isEmptyDirectory();
        assertThat(shop.builder().list()).hasSize(others);
        assertThat(shop.order("FROM box\nRUN --mount=type=cache,id=downloads,target=/c busybox find /c\n")
                        .build()
                        .output())
                .contains("\n/c\n")
                .doesNotContain("got");
    }

    @Test
    void oneThatABuildHasIsListedAsInUseAndStays() throws Exception {
        Workshop.Order order = shop.order("FROM box\nRUN --mount=type=cache,id=gate,target=/c touch /c/has; "
                + "until [ -e /c/go ]; do sleep 0.02; done\n");
        CompletableFuture<Workshop.Built> built = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                built.complete(order.build());
            } catch (IOException | InterruptedException | RuntimeException e) {
                built.completeExceptionally(e);
            }
        });
        Path mounts = shop.directory().resolve("data/build/mounts");
        Optional<Path> gate = Optional.empty();
        while (gate.isEmpty() && !built.isDone()) {
            String[] names = mounts.toFile().list((_, name) -> !name.contains("."));
            gate = Optional.ofNullable(names)
                    .filter(all -> all.length == 1)
                    .map(all -> mounts.resolve(all[0]))
                    .filter(path -> path.resolve("has").toFile().exists());
            Thread.sleep(5);
        }
        assertThat(mounts()).extracting(CacheEntry::inUse).containsExactly(true);
        assertThat(shop.builder().prune(MOUNTS, true, CacheBounds.NONE).deleted())
                .isEmpty();
        assertThat(gate.orElseThrow().resolve("go").toFile().createNewFile()).isTrue();
        built.get();
        assertThat(shop.builder().prune(MOUNTS, true, CacheBounds.NONE).deleted())
                .hasSize(1);
    }

    @Test
    void layersOfImagesForOtherPlatformsAreNotDangling() throws Exception {
        shop.order("FROM --platform=$BUILDPLATFORM box AS made\nARG TARGETARCH\nRUN echo $TARGETARCH >/arch\n"
                        + "FROM scratch\nCOPY --from=made /arch /\n")
                .on(Platform.host(), new Platform("linux", "s390x", ""))
                .named("two")
                .build();
        assertThat(shop.builder().list())
                .filteredOn(entry -> entry.description().startsWith("COPY"))
                .hasSize(4)
                .allMatch(CacheEntry::shared);
    }
}
