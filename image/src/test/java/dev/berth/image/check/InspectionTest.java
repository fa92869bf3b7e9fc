package dev.berth.image.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
    @TempDir
    Path dir;

    private final List<Finding> findings = new ArrayList<>();
    private final Inspection inspection = new Inspection(Inspection.Repairs.NOTHING, findings::add);

    @Test
    void whatIsThereAndNotOursIsForeign() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("nowhere"));
        inspection.foreign("file", link);
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().weight()).isEqualTo(Finding.Weight.FOREIGN);
        assertThat(findings.getFirst().subject()).isEqualTo("file " + link);
    }

    @Test
    void whatWentAfterItWasListedIsNotForeign() {
        inspection.foreign("file", dir.resolve("gone"));
        assertThat(findings).isEmpty();
    }
}
