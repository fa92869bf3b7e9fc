package dev.berth.build.java;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.image.content.ContentStore;
import dev.berth.image.layer.LayerBlob;
import dev.berth.image.oci.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaRuntimesTest {
    private static final SortedSet<String> MODULES = new TreeSet<>(List.of("java.base"));
    private static final Instant TIME = Instant.ofEpochSecond(1);

    @TempDir
    Path dir;

    private ContentStore content;
    private LayerBlob layer;
    private Path library;
    private final JavaRuntimes runtimes = new JavaRuntimes();

    @BeforeEach
    void keepOne() throws Exception {
        content = ContentStore.open(dir.resolve("store"), Limits.DEFAULT);
        layer = LayerBlob.write(content, new LayerFiles(new TreeMap<>(), false, TIME).withFolder("tmp", 0755));
        library = Files.writeString(dir.resolve("libc.so"), "one");
        Map<Path, String> stamps = JavaRuntimes.stamps(List.of(library, dir.resolve("missing")));
        runtimes.keep(MODULES, TIME, new JavaRuntimes.Layers(layer, layer), stamps);
    }

    @Test
    void aRuntimeIsUsedAgainForTheSameModulesAndTimes() throws Exception {
        assertThat(runtimes.find(MODULES, TIME, content)).isPresent();
        assertThat(runtimes.find(MODULES, TIME, content)).isPresent();
        assertThat(runtimes.find(MODULES, Instant.EPOCH, content)).isEmpty();
        assertThat(runtimes.find(new TreeSet<>(List.of("java.base", "java.sql")), TIME, content))
                .isEmpty();
    }

    @Test
    void aRuntimeOfAnotherCLibraryIsNotUsed() throws Exception {
        Files.writeString(library, "another");
        assertThat(runtimes.find(MODULES, TIME, content)).isEmpty();
    }

    @Test
    void aRuntimeIsNotUsedWhereALibraryHasComeThatWasMissing() throws Exception {
        Files.writeString(dir.resolve("missing"), "here");
        assertThat(runtimes.find(MODULES, TIME, content)).isEmpty();
    }

    @Test
    void aRuntimeWhoseLayersAreGoneIsNotUsed() throws Exception {
        Files.delete(content.path(layer.blob().digest()));
        assertThat(runtimes.find(MODULES, TIME, content)).isEmpty();
    }
}
