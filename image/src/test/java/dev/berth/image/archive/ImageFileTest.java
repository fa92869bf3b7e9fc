package dev.berth.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.tar.TarEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
    @TempDir
    Path dir;

    @Test
    void theSameImageIsTheSameFile() throws Exception {
        ImageFile.write(dir.resolve("one.tar"), ImageFile.Form.ARCHIVE, List.of("a:1", "b:2"), ImageFileTest::make);
        ImageFile.write(dir.resolve("two.tar"), ImageFile.Form.ARCHIVE, List.of("a:1", "b:2"), ImageFileTest::make);
        assertThat(dir.resolve("two.tar")).hasSameBinaryContentAs(dir.resolve("one.tar"));
        assertThat(left()).containsExactlyInAnyOrder("one.tar", "two.tar");
    }

    @Test
    void aFolderIsALayoutOfFilesWithTheirDigestsForNames() throws Exception {
        Path layout = dir.resolve("layout");
        ImageFile.write(layout, ImageFile.Form.DIRECTORY, List.of("a"), ImageFileTest::make);
        assertThat(Files.readString(layout.resolve("oci-layout"))).contains("1.0.0");
        assertThat(Files.readString(layout.resolve("index.json")))
                .contains("\"org.opencontainers.image.ref.name\":\"latest\"");
        try (Stream<Path> blobs = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                assertThat(Digest.sha256(Files.readAllBytes(blob)).hex()).isEqualTo(String.valueOf(blob.getFileName()));
            }
        }
    }

    @Test
    void aFileThatIsThereIsReplacedOnlyByAWholeOne() throws Exception {
        Path file = Files.writeString(dir.resolve("a.tar"), "before");
        assertThatThrownBy(() -> ImageFile.write(file, ImageFile.Form.ARCHIVE, List.of(), assembly -> {
                    make(assembly);
                    throw new IOException("in the midst of it");
                }))
                .hasMessage("in the midst of it");
        assertThat(file).hasContent("before");
        assertThat(left()).containsExactly("a.tar");
        ImageFile.write(file, ImageFile.Form.ARCHIVE, List.of(), ImageFileTest::make);
        assertThat(Files.size(file)).isGreaterThan(1000);
    }

    @Test
    void whatIsInTheWayIsSaid() throws Exception {
        Files.createDirectories(dir.resolve("full/of"));
        assertRefused("full", ImageFile.Form.DIRECTORY, "is there, and is not empty");
        assertRefused("full", ImageFile.Form.ARCHIVE, "is a folder: name a file");
        assertRefused("none/a.tar", ImageFile.Form.ARCHIVE, "there is no such folder");
        assertThat(left()).containsExactly("full");
    }

    private void assertRefused(String name, ImageFile.Form form, String words) {
        assertThatThrownBy(() -> ImageFile.write(dir.resolve(name), form, List.of(), ImageFileTest::make))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(words);
    }

    private static Assembly.Result make(Assembly assembly) throws IOException {
        assembly.addLayer(
                tar -> tar.begin(
                        TarEntry.empty("a", TarEntry.Type.DIRECTORY, "", 0755, 0, 0, Instant.ofEpochSecond(1))),
                new History("", "", "test", "", false));
        return assembly.finish(
                Instant.EPOCH, new Platform("linux", "amd64", ""), labelled(Map.of("a", "1", "b", "2", "c", "3")));
    }

    private static ContainerConfig labelled(Map<String, String> labels) {
        ContainerConfig none = ContainerConfig.EMPTY;
        return new ContainerConfig(
                "",
                "",
                "",
                false,
                false,
                false,
                false,
                false,
                false,
                List.of("A=b"),
                List.of("c"),
                List.of("d"),
                List.of(),
                List.of(),
                "/",
                labels,
                none.healthcheck(),
                false,
                List.of(),
                "",
                none.stopTimeoutSeconds(),
                List.of(),
                "",
                "",
                false);
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
