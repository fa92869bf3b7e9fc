package dev.berth.image.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.oci.ImageException;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Needs(Need.ROOT)
@LeavesNothingBehind
class HostileArchiveTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "manifest.json=not json",
                "manifest.json={\"Config\":\"x\"}",
                "manifest.json=[{\"Config\":\"missing.json\",\"Layers\":[]}]",
                "manifest.json=[{\"Config\":\"../../etc/passwd\",\"Layers\":[\"/etc/shadow\"]}]",
                "manifest.json=[{\"Config\":\"x\",\"Layers\":[]}]|x=[1,2]",
                "manifest.json=[{\"Config\":\"x\",\"Layers\":[\"l\"]}]|x={\"rootfs\":{\"diff_ids\":[]}}|l=y",
                "index.json={}",
                "index.json={\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"text/plain\",\"size\":1}]}",
                "index.json={\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"digest\":\"sha256:0000000000000000000000000000000000000000000000000000000000000000\",\"size\":1}]}",
                "index.json=[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                "blobs/sha256/0000000000000000000000000000000000000000000000000000000000000000=liar|index.json={}",
                "nothing=of use"
            })
    void itIsRefusedInWordsAndLeavesNothing(String archive) throws Exception {
        try (Images images = Images.open(dir.resolve("data"), ImageOptions.DEFAULT)) {
            assertThatThrownBy(() -> images.load(new ByteArrayInputStream(tar(archive)), Optional.empty(), one -> {}))
                    .isInstanceOf(ImageException.class)
                    .hasMessageNotContaining("Exception");
            assertThat(images.list()).isEmpty();
        }
        try (Stream<Path> files = Files.walk(dir.resolve("data"))) {
            assertThat(files.filter(Files::isRegularFile)).isEmpty();
        }
    }

    private static byte[] tar(String files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            for (String file : files.split("\\|")) {
                int equals = file.indexOf('=');
                byte[] content = file.substring(equals + 1).getBytes(StandardCharsets.UTF_8);
                tar.begin(
                        TarEntry.file(file.substring(0, equals), 0644, 0, 0, Instant.EPOCH, content.length, Map.of()));
                tar.write(content, 0, content.length);
            }
        }
        return bytes.toByteArray();
    }
}
