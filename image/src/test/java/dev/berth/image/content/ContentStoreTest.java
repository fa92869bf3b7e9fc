package dev.berth.image.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@LeavesNothingBehind
class ContentStoreTest {
    private static final byte[] BLOB = "some bytes".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path dir;

    private ContentStore store;

    @BeforeEach
    void open() throws IOException {
        store = ContentStore.open(dir.resolve("data"), Limits.DEFAULT);
    }

    @Test
    void aBlobIsThereOnceItIsWhole() throws Exception {
        Digest digest = Digest.sha256(BLOB);
        try (Ingest ingest = store.ingest(digest, BLOB.length)) {
            ingest.write(BLOB, 0, 4);
            assertThat(store.has(digest)).isFalse();
            ingest.write(BLOB, 4, BLOB.length - 4);
            assertThat(ingest.commit()).isEqualTo(digest);
        }
        assertThat(store.read(digest, 100)).isEqualTo(BLOB);
        assertThat(store.list()).containsExactly(digest);
    }

    @Test
    void aBlobThatIsAbandonedGoesUnlessAnotherWaitsToGoOnWithIt() throws Exception {
        Digest digest = Digest.sha256(BLOB);
        try (Ingest ingest = store.ingest(digest, BLOB.length)) {
            ingest.write(BLOB, 0, 4);
            ingest.abandon();
        }
        nothingStays();
        Ingest first = store.ingest(digest, BLOB.length);
        first.write(BLOB, 0, 4);
        CompletableFuture<Long> offset = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> {
            try (Ingest second = store.ingest(digest, BLOB.length)) {
                offset.complete(second.offset());
                second.abandon();
            } catch (IOException e) {
                offset.completeExceptionally(e);
            }
        });
        while (!store.isAwaited(digest)) {
            Thread.onSpinWait();
        }
        first.abandon();
        first.close();
        assertThat(offset.get()).isEqualTo(4);
        waiting.join();
        nothingStays();
    }

    @Test
    void aWrongDigestIsRefusedAndNothingStays() throws Exception {
        Digest other = Digest.sha256(new byte[] {1});
        try (Ingest ingest = store.ingest(other, BLOB.length)) {
            ingest.write(BLOB, 0, BLOB.length);
            assertThatThrownBy(ingest::commit)
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("has another content");
        }
        nothingStays();
    }

    @Test
    void moreThanAnnouncedIsRefusedAndNothingStays() throws Exception {
        try (Ingest ingest = store.ingest(Digest.sha256(BLOB), 4)) {
            assertThatThrownBy(() -> ingest.write(BLOB, 0, BLOB.length)).isInstanceOf(ImageException.class);
        }
        nothingStays();
    }

    @Test
    void whatBrokeOffIsResumed() throws Exception {
        Digest digest = Digest.sha256(BLOB);
        try (Ingest ingest = store.ingest(digest, BLOB.length)) {
            ingest.write(BLOB, 0, 6);
        }
        ContentStore next = ContentStore.open(dir.resolve("data"), Limits.DEFAULT);
        try (Ingest ingest = next.ingest(digest, BLOB.length)) {
            assertThat(ingest.offset()).isEqualTo(6);
            ingest.write(BLOB, 6, BLOB.length - 6);
            ingest.commit();
        }
        assertThat(next.read(digest, 100)).isEqualTo(BLOB);
    }

    @Test
    void whatBrokeOffBeforeAPowerLossIsNotResumed() throws Exception {
        Digest digest = Digest.sha256(BLOB);
        try (Ingest ingest = store.ingest(digest, BLOB.length)) {
            ingest.write(BLOB, 0, 6);
        }
        try (Stream<Path> files = Files.list(dir.resolve("data/content/ingest"))) {
            Path begun = files.findFirst().orElseThrow();
            Files.move(
                    begun,
                    begun.resolveSibling(
                            String.valueOf(begun.getFileName()).replace(BootId.current(), "another-boot")));
        }
        ContentStore next = ContentStore.open(dir.resolve("data"), Limits.DEFAULT);
        try (Ingest ingest = next.ingest(digest, BLOB.length)) {
            assertThat(ingest.offset()).isZero();
        }
        nothingStays();
    }

    @Test
    @Needs(Need.ROOT)
    void aFullDiskIsSaidAndNothingStays() throws Exception {
        Path small = Files.createDirectory(dir.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small.toString());
        try {
            ContentStore full = ContentStore.open(small, Limits.DEFAULT);
            byte[] large = new byte[2 << 20];
            try (Ingest ingest = full.ingest()) {
                assertThatThrownBy(() -> ingest.write(large, 0, large.length))
                        .isInstanceOfSatisfying(
                                ImageException.class,
                                e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.NO_SPACE));
            }
            try (Stream<Path> files = Files.walk(small)) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
        } finally {
            run("umount", small.toString());
        }
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private void nothingStays() throws IOException {
        try (Stream<Path> files = Files.walk(dir.resolve("data"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }
}
