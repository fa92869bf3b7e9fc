package dev.berth.image.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.testing.MortalFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed before, at and within every change to a file that something makes; the next one looks. */
class KilledCatalogTest {
    private static final ImageRecord FIRST = image("first");
    private static final ImageRecord SECOND = image("second");
    private static final ImageRecord THIRD = image("third");

    @TempDir
    Path dir;

    private int attempts;

    private interface Change {
        void make(Catalog catalog) throws IOException;
    }

    @Test
    void anImageComesWithItsNameOrNotAtAll() throws IOException {
        oldOrNew(catalog -> add(catalog, THIRD, "b:1"));
    }

    @Test
    void anImageComesWithoutANameOrNotAtAll() throws IOException {
        oldOrNew(catalog -> {
            catalog.add(THIRD);
            catalog.settle(THIRD.id());
        });
    }

    @Test
    void anImageGoesWithAllItsNamesOrNotAtAll() throws IOException {
        oldOrNew(catalog -> {
            catalog.beginRemoval(FIRST.id());
            catalog.removeName("a:1");
            catalog.removeName("a:2");
            catalog.remove(FIRST.id());
        });
    }

    @Test
    void aNameMovesFromOneImageToAnotherOrDoesNot() throws IOException {
        oldOrNew(catalog -> catalog.name(NameRecord.of("a:1", SECOND.id())));
    }

    @Test
    void aNameGoesOrStays() throws IOException {
        oldOrNew(catalog -> catalog.removeName("a:2"));
    }

    @Test
    void aBlobThatHasItsNameIsWhole() throws IOException {
        byte[] content = "a blob that is longer than what is done of the last write".getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.sha256(content);
        boolean killed = true;
        for (int changes = 0; killed; changes++) {
            Path data = dir.resolve("blobs-" + changes);
            ContentStore.open(Files.createDirectories(data), Limits.DEFAULT);
            MortalFiles mortal = new MortalFiles(changes, 5);
            boolean done = true;
            try {
                ContentStore.open(mortal.path(data), Limits.DEFAULT).put(content);
            } catch (IOException e) {
                done = false;
            }
            killed = mortal.isDead();
            ContentStore next = ContentStore.open(data, Limits.DEFAULT);
            assertThat(next.has(digest) || !done).isTrue();
            assertThat(next.put(content)).isEqualTo(digest); // goes on with what is there
            assertThat(next.read(digest, 1000)).isEqualTo(content);
        }
    }

    /** Whatever the kill's instant, what is there next is what was there or what was to be there. */
    private void oldOrNew(Change change) throws IOException {
        Path whole = filled();
        Map<String, Digest> before = state(whole);
        change.make(Catalog.open(whole));
        Map<String, Digest> after = state(whole);
        assertThat(after).isNotEqualTo(before);
        boolean killed = true;
        for (int changes = 0; killed; changes++) {
            for (int tornBytes : List.of(0, 1, 40)) {
                Path data = filled();
                MortalFiles mortal = new MortalFiles(changes, tornBytes);
                boolean done = true;
                try {
                    change.make(Catalog.open(mortal.path(data)));
                } catch (IOException e) {
                    done = false;
                }
                killed = mortal.isDead();
                assertThat(state(data))
                        .as("after %d changes and %d bytes of the next", changes, tornBytes)
                        .isIn(done ? List.of(after) : List.of(before, after));
            }
        }
    }

    /** A catalog of two images, of which one has two names. */
    private Path filled() throws IOException {
        Path data = Files.createDirectory(dir.resolve("data-" + ++attempts));
        Catalog catalog = Catalog.open(data);
        add(catalog, FIRST, "a:1");
        add(catalog, FIRST, "a:2");
        add(catalog, SECOND, "b:1");
        return data;
    }

    private static void add(Catalog catalog, ImageRecord image, String name) throws IOException {
        catalog.add(image);
        catalog.name(NameRecord.of(name, image.id()));
    }

    /** Which names which images have; an image by itself as its ID. */
    private static Map<String, Digest> state(Path data) throws IOException {
        Catalog catalog = Catalog.open(data);
        Map<String, Digest> state = new TreeMap<>();
        for (ImageRecord image : catalog.images()) {
            state.put(image.id().toString(), image.id());
            catalog.names(image.id()).forEach(name -> state.put(name, image.id()));
        }
        return state;
    }

    private static ImageRecord image(String text) {
        Digest id = Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
        return new ImageRecord(
                id,
                new Descriptor(MediaTypes.OCI_MANIFEST, id, 1),
                1,
                Optional.empty(),
                ImageRecord.Passage.STAYS,
                false);
    }
}
