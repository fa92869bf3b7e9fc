package dev.berth.engine.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.engine.Box;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.Event;
import dev.berth.engine.event.EventQuery;
import dev.berth.engine.event.EventSink;
import dev.berth.engine.event.Subscription;
import dev.berth.image.Image;
import dev.berth.image.ImportOptions;
import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.Platform;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs({Need.ROOT, Need.BUSYBOX})
@LeavesNothingBehind
class EngineImagesTest {
    private static final int FILE_BYTES = 10_000;

    @TempDir
    Path dir;

    private Box box;
    private EngineImages images;

    @BeforeEach
    void open() throws IOException {
        box = new Box(dir);
        images = box.engine().images();
    }

    @AfterEach
    void close() {
        box.close();
    }

    @Test
    void aListIsFilteredByEachOfDockersFilters() throws Exception {
        Image old = importTree("debian:11", Map.of("tier", "base"));
        Image young = importTree("debian:12", Map.of("tier", "base", "new", ""));
        Image other = importTree("localhost:5000/app:1", Map.of());
        Image nameless = importTree("", Map.of());
        assertThat(list("reference", "debian")).containsExactly(young.id(), old.id());
        assertThat(list("reference", "*:12")).containsExactly(young.id());
        assertThat(list("reference", "localhost:5000/*")).containsExactly(other.id());
        assertThat(list("label", "tier=base")).containsExactly(young.id(), old.id());
        assertThat(list("label!", "new")).containsExactly(nameless.id(), other.id(), old.id());
        assertThat(list("before", "debian:12")).containsExactly(old.id());
        assertThat(list("since", "debian:12")).containsExactly(nameless.id(), other.id());
        assertThat(list("dangling", "true")).containsExactly(nameless.id());
        assertThat(list("dangling", "false")).hasSize(3);
        assertThat(list("until", "24h")).isEmpty();
        assertThat(list("until", "0s")).hasSize(4);
    }

    @Test
    void aReferenceFilterShowsTheFittingNamesAlone() throws Exception {
        importTree("debian:12", Map.of());
        images.tag("debian:12", "other:1");
        assertThat(images.list(Map.of("reference", List.of("debian:*"))))
                .singleElement()
                .satisfies(image -> assertThat(image.repoTags()).containsExactly("debian:12"));
    }

    @Test
    void aFilterThatDoesNotExistOrIsMalformedIsRefused() {
        assertThatThrownBy(() -> list("colour", "red")).hasMessage("invalid filter 'colour'");
        assertThatThrownBy(() -> list("dangling", "maybe")).hasMessage("invalid filter 'dangling=[maybe]'");
        assertThatThrownBy(() -> list("reference", "[")).isInstanceOf(EngineException.class);
        assertThatThrownBy(() -> list("before", "nothing")).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> images.prune(Map.of("reference", List.of("x"))))
                .hasMessage("invalid filter 'reference'");
    }

    @Test
    void aPruneTakesWhatItsFiltersLeaveAndSaysWhatIsFree() throws Exception {
        Image kept = importTree("kept:1", Map.of("keep", "yes"));
        importTree("", Map.of("keep", "yes"));
        importTree("", Map.of());
        assertThat(images.prune(Map.of("label!", List.of("keep"))).bytes()).isZero();
        assertThat(images.list(Map.of())).hasSize(2);
        assertThat(images.prune(Map.of("dangling", List.of("false"), "until", List.of("1h")))
                        .removed())
                .isEmpty();
        Pruned all = images.prune(Map.of("dangling", List.of("false")));
        assertThat(all.bytes()).isGreaterThanOrEqualTo(FILE_BYTES);
        assertThat(all.removed()).hasSizeGreaterThan(2);
        assertThatThrownBy(() -> images.store().find(kept.id().toString())).hasMessageStartingWith("No such image");
    }

    @Test
    void whatImagesShareIsCountedOnce() throws Exception {
        Image one = importTree("one:1", Map.of());
        Image two = importTree("two:1", Map.of("another", "configuration"));
        var usage = images.store().usage();
        assertThat(usage.layersBytes()).isEqualTo(one.size());
        assertThat(usage.shared(one)).isEqualTo(one.size()).isEqualTo(usage.shared(two));
        images.remove("two:1", false);
        assertThat(images.store().usage().shared(one)).isZero();
        assertThat(images.store().layerBytes(one)).containsExactly(one.size());
    }

    @Test
    void whatHappensToImagesIsToldInDockersWords() throws Exception {
        var heard = new LinkedBlockingQueue<Event>();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        try (Subscription subscription = box.engine().events().subscribe(EventQuery.NEW, new EventSink() {
            @Override
            public boolean event(Event event) {
                return heard.add(event);
            }

            @Override
            public void end() {
                ended.complete(null);
            }

            @Override
            public void fail(EngineException reason) {
                ended.completeExceptionally(reason);
            }
        })) {
            String id = importTree("x:1", Map.of("a", "b")).id().toString();
            images.tag("x:1", "y:2");
            images.save(List.of("x:1"), Optional.empty(), OutputStream.nullOutputStream());
            images.remove("x:1", false);
            images.remove("y:2", false);
            images.prune(Map.of());
            assertThat(take(heard)).isEqualTo("import " + id + " {a=b, name=" + id + "}");
            assertThat(take(heard)).isEqualTo("tag " + id + " {a=b, name=y:2}");
            assertThat(take(heard)).isEqualTo("save " + id + " {a=b, name=" + id + "}");
            assertThat(take(heard)).isEqualTo("untag " + id + " {a=b, name=" + id + "}");
            assertThat(take(heard)).isEqualTo("untag " + id + " {name=" + id + "}");
            assertThat(take(heard)).isEqualTo("delete " + id + " {name=" + id + "}");
            assertThat(take(heard)).isEqualTo("prune  {reclaimed=0}");
        }
        assertThat(ended).isNotCompletedExceptionally();
    }

    private static String take(LinkedBlockingQueue<Event> heard) throws InterruptedException {
        Event event = heard.take();
        return event.action() + " " + event.actorId() + " " + event.attributes();
    }

    private List<dev.berth.image.oci.Digest> list(String filter, String value) throws IOException {
        return images.list(Map.of(filter, List.of(value))).stream()
                .map(Image::id)
                .toList();
    }

    /** Images are listed by when they were made: each is made later than the one before. */
    private Image importTree(String name, Map<String, String> labels) throws IOException {
        ContainerConfig config =
                ContainerConfig.read(JsonObject.parse(JsonObject.write(Map.of("Labels", labels)), "configuration"));
        return images.importTree(
                new ByteArrayInputStream(tree()),
                name.isEmpty() ? Optional.empty() : Optional.of(name),
                new ImportOptions(config, Platform.host(), "from a test"));
    }

    private static byte[] tree() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            byte[] text = "x".repeat(FILE_BYTES).getBytes(StandardCharsets.UTF_8);
            tar.begin(TarEntry.file("file", 0644, 0, 0, Instant.EPOCH, text.length, Map.of()));
            tar.write(text, 0, text.length);
        }
        return bytes.toByteArray();
    }
}
