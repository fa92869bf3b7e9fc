package dev.berth.linux.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OverlayOptionsTest {
    private static final Path UPPER = Path.of("/c/upper");
    private static final Path WORK = Path.of("/c/work");

    @Test
    void layersSideBySideAreNamedByTheirLastNames() {
        OverlayOptions options = OverlayOptions.of(List.of(Path.of("/data/l/b"), Path.of("/data/l/a")), UPPER, WORK);
        assertThat(options.directory()).isEqualTo(Path.of("/data/l"));
        assertThat(options.data()).isEqualTo("lowerdir=b:a,upperdir=/c/upper,workdir=/c/work");
    }

    @Test
    void othersAreNamedInFull() {
        OverlayOptions options = OverlayOptions.of(List.of(Path.of("/data/l/b"), Path.of("/other/a")), UPPER, WORK);
        assertThat(options.directory()).isEqualTo(Path.of("/"));
        assertThat(options.data()).isEqualTo("lowerdir=/data/l/b:/other/a,upperdir=/c/upper,workdir=/c/work");
    }

    @Test
    void whatPartsTheOptionsIsTakenLiterally() {
        OverlayOptions options =
                OverlayOptions.of(List.of(Path.of("/l/a:b"), Path.of("/l/c,d")), Path.of("/u\\v"), WORK);
        assertThat(options.data()).isEqualTo("lowerdir=a\\:b:c\\,d,upperdir=/u\\\\v,workdir=/c/work");
    }

    @Test
    void asManyLayersAsAnImageHasFitWhereverTheDataRootIs() {
        Path deep = Path.of("/" + "long".repeat(100));
        List<Path> layers = IntStream.range(0, 127)
                .mapToObj(i -> deep.resolve("0123456789ab" + i))
                .toList();
        assertThat(OverlayOptions.of(layers, deep.resolve("upper"), deep.resolve("work"))
                        .isTooLong())
                .isFalse();
        assertThat(OverlayOptions.of(List.of(Path.of("/" + "x".repeat(5000))), UPPER, WORK)
                        .isTooLong())
                .isTrue();
    }
}
