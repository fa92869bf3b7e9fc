package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.build.cache.CacheBounds;
import dev.berth.build.cache.CacheFilter;
import dev.berth.image.Image;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a crash or a broken disk makes of the cache's files. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DamagedCacheTest {
    private static final String DOCKERFILE = "FROM box\nRUN echo a >/a\nRUN echo b >/b\nRUN echo c >/c\n";

    @Test
    void damagedRecordsArePassedOverAndTheirStepsDoneAgain(@TempDir Path dir) throws Exception {
        Workshop shop = new Workshop(dir.resolve("shop"));
        try {
            shop.order(DOCKERFILE).build();
            Path cache = shop.directory().resolve("data/build/cache");
            List<Path> records = records(cache);
            Files.write(records.get(0), new byte[0]);
            Files.writeString(records.get(1), Files.readString(records.get(1)).substring(20), StandardCharsets.UTF_8);
            Files.copy(records.get(2), cache.resolve("0".repeat(64) + ".json"), StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(cache.resolve("1".repeat(64) + ".json.new"), "{");
            shop.restart();
            assertThat(shop.order(DOCKERFILE).build().image()).isNotNull();
            assertThat(shop.builder().cache().list())
                    .extracting(record -> record.key().hex() + ".json")
                    .containsExactlyInAnyOrderElementsOf(records(cache).stream()
                            .map(file -> String.valueOf(file.getFileName()))
                            .toList())
                    .hasSameSizeAs(records);
            assertThat(shop.order(DOCKERFILE).build().cachedSteps()).isEqualTo(3);
            try (Stream<Path> all = Files.list(cache)) {
                assertThat(all).allMatch(file -> file.toString().endsWith(".json"));
            }
            shop.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
            assertThat(records(cache)).isEmpty();
        } finally {
            shop.closeClean();
        }
    }

    @Test
    void aRecordGoesWithItsImageAtTheLatestWhenTheCacheIsPruned(@TempDir Path dir) throws Exception {
        Workshop shop = new Workshop(dir.resolve("shop"));
        try {
            Image image = shop.order(DOCKERFILE).build().image();
            shop.engine().images().remove(image.id().toString(), true);
            assertThat(shop.builder().cache().list())
                    .noneMatch(record -> record.image().equals(image.id()));
            shop.builder().prune(CacheFilter.ALL, true, CacheBounds.NONE);
            assertThat(records(shop.directory().resolve("data/build/cache"))).isEmpty();
        } finally {
            shop.closeClean();
        }
    }

    private static List<Path> records(Path cache) throws Exception {
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }
}
