package dev.berth.image.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.check.Finding;
import dev.berth.image.check.Inspection;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a check takes for a crash's leftovers, and what not. */
class CatalogCheckTest {
    private static final ImageRecord COMING = coming();

    @TempDir
    Path dir;

    private final List<Finding> found = new ArrayList<>();

    @Test
    void anImageThatWaitsForItsNameIsNobodysLeftover() throws IOException {
        try (ImageStore store = ImageStore.open(dir, Limits.DEFAULT)) {
            store.catalog().add(COMING);
            check(store);
            assertThat(found).isEmpty();
            store.catalog().name(NameRecord.of("a:1", COMING.id()));
            check(store);
            assertThat(found).isEmpty();
            assertThat(store.catalog().named("a:1")).contains(COMING.id());
        }
    }

    @Test
    void anImageThatACrashKeptFromItsNameIsOne() throws IOException {
        try (ImageStore store = ImageStore.open(dir, Limits.DEFAULT)) {
            store.catalog().add(COMING);
        }
        try (ImageStore store = ImageStore.open(dir, Limits.DEFAULT)) {
            check(store);
            assertThat(found).singleElement().extracting(Finding::outcome).isEqualTo(Finding.Outcome.REPAIRED);
            assertThat(store.catalog().images()).isEmpty();
        }
    }

    private void check(ImageStore store) throws IOException {
        new CatalogCheck(store, new Inspection(Inspection.Repairs.UNFINISHED, found::add)).run();
    }

    private static ImageRecord coming() {
        Digest id = Digest.sha256("image".getBytes(StandardCharsets.UTF_8));
        return new ImageRecord(
                id,
                new Descriptor(MediaTypes.OCI_MANIFEST, id, 1),
                1,
                Optional.empty(),
                ImageRecord.Passage.COMES,
                false);
    }
}
