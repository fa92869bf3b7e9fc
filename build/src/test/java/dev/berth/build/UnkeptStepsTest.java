package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.build.cache.BuildCache;
import dev.berth.image.Image;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What steps came to goes once no record leads to it, whatever took the record away. */
@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnkeptStepsTest extends InWorkshop {
    private static final String TWO_STEPS = "FROM box\nRUN echo one >/one\nRUN echo two >/two\n";

    @Test
    void theNextStartRemovesWhatACrashLostTheRecordsOf() throws Exception {
        Image built = shop.order(TWO_STEPS).build().image();
        shop.engine().images().remove(built.id().toString(), false);
        loseRecords();
        shop.restart();
        shop.builder().removeUnkept();
        assertThat(shop.engine().images().store().steps()).isEmpty();
        assertThat(names("data/images")).as("the base's record alone").hasSize(1);
        assertThat(names("data/snapshots")).hasSize(1);
        assertThat(names("data/content/blobs/sha256"))
                .as("its manifest, configuration and layer")
                .hasSize(3);
    }

    private void loseRecords() throws IOException {
        Path cache = shop.directory().resolve("data/build/cache");
        try (DirectoryStream<Path> records = Files.newDirectoryStream(cache)) {
            for (Path record : records) {
                Files.delete(record);
            }
        }
    }

    private String[] names(String directory) {
        String[] names = shop.directory().resolve(directory).toFile().list();
        return names == null ? new String[0] : names;
    }

    @Test
    void aStepThatIsDoneAnewTakesThePlaceOfTheOldOne() throws Exception {
        Workshop.Built first = shop.order(TWO_STEPS).named("two").build();
        Workshop.Built second = shop.order(TWO_STEPS).named("two").afresh().build();
        assertThat(second.image().id()).isNotEqualTo(first.image().id());
        shop.builder().removeUnkept();
        assertThat(shop.order(TWO_STEPS).build().cachedSteps())
                .as("what has its record stays")
                .isEqualTo(2);
        assertThat(shop.engine().images().store().steps())
                .as("of two steps in two builds, one that is no image by itself")
                .hasSize(1);
    }

    @Test
    void nothingGoesWhileABuildIsBetweenAnImageAndItsRecord() throws Exception {
        shop.order(TWO_STEPS).named("two").build();
        try (BuildCache.Making _ = shop.builder().cache().making()) {
            loseRecords();
            CompletableFuture<Void> done = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    shop.builder().removeUnkept();
                    done.complete(null);
                } catch (IOException e) {
                    done.completeExceptionally(e);
                }
            });
            done.get();
            assertThat(shop.engine().images().store().steps()).hasSize(1);
        }
        shop.builder().removeUnkept();
        assertThat(shop.engine().images().store().steps()).isEmpty();
    }

    @Test
    void buildsThatBeginWithNothingShareWhatTheirContainersAreMadeOf() throws Exception {
        for (int i = 0; i < 3; i++) {
            shop.order("FROM scratch\nCOPY f /" + i + "\n").file("f", "f").build();
        }
        assertThat(shop.engine().images().store().steps())
                .as("but for three layers' images, which are shown")
                .hasSize(1);
    }
}
