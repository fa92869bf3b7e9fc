package dev.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.snapshot.WritableLayer;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

@Needs(Need.ROOT)
@LeavesNothingBehind
class ImagesTest {
    private static final ImageUser.Lookup NOBODY = image -> List.of();

    @TempDir
    Path dir;

    private Images images;

    @BeforeEach
    void open() throws IOException {
        images = Images.open(dir.resolve("data"), ImageOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        images.close();
    }

    @Test
    void theBuiltInImageIsThereWhenItIsAskedFor() throws Exception {
        assertThat(images.list()).isEmpty();
        Image hello = images.find("hello-world");
        assertThat(hello.repoTags()).containsExactly("hello-world:latest");
        assertThat(Files.isExecutable(images.lowerDirs(hello).getFirst().resolve("hello")))
                .isTrue();
        assertThat(images.find(hello.id().hex().substring(0, 6)).id()).isEqualTo(hello.id());
    }

    @Test
    void whatIsMissingAndWhatIsMalformedIsSaid() {
        assertThatThrownBy(() -> images.find("nosuch")).hasMessage("No such image: nosuch:latest");
        assertThatThrownBy(() -> images.find("UPPER")).hasMessageContaining("must be lowercase");
        assertThatThrownBy(() -> images.load(new ByteArrayInputStream(tree()), Optional.empty(), one -> {}))
                .hasMessageContaining("the archive holds no image");
        assertThatThrownBy(() -> images.load(new ByteArrayInputStream(new byte[0]), Optional.empty(), one -> {}))
                .isInstanceOf(ImageException.class);
    }

    @Test
    void aTreeIsImportedTaggedAndRemoved() throws Exception {
        Image image = importTree("mine:1");
        assertThat(image.repoTags()).containsExactly("mine:1");
        images.tag("mine:1", "localhost:5000/other");
        assertThat(images.remove("mine:1", false, NOBODY)).containsExactly(new Removed.Untagged("mine:1", image.id()));
        assertThat(images.find("localhost:5000/other").id()).isEqualTo(image.id());
        List<Removed> removed = images.remove(image.id().hex().substring(0, 12), false, NOBODY);
        assertThat(removed)
                .contains(
                        new Removed.Untagged("localhost:5000/other:latest", image.id()),
                        new Removed.Deleted(image.id()));
        assertThat(images.list()).isEmpty();
        try (var blobs = Files.walk(dir.resolve("data/content/blobs"))) {
            assertThat(blobs.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void nothingIsImportedUnderADigest() throws Exception {
        assertThatThrownBy(() -> importTree("mine@sha256:" + "0".repeat(64)))
                .hasMessage("cannot import digest reference");
        assertThat(images.list()).isEmpty();
    }

    @Test
    void anImageInUseIsNotRemoved() throws Exception {
        Image image = importTree("mine");
        ImageUser.Lookup stopped = i -> List.of(new ImageUser("0123456789abcdef", false));
        ImageUser.Lookup running = i -> List.of(new ImageUser("0123456789abcdef", true));
        assertThatThrownBy(() -> images.remove("mine", false, stopped))
                .hasMessage("conflict: unable to remove repository reference \"mine\" (must force) - container"
                        + " 0123456789ab is using its referenced image "
                        + image.id().hex().substring(0, 12));
        assertThatThrownBy(() -> images.remove(image.id().hex(), true, running))
                .hasMessageContaining("(cannot be forced) - image is being used by running container 0123456789ab");
        assertThat(images.remove(image.id().hex(), true, stopped)).contains(new Removed.Deleted(image.id()));
    }

    @Test
    void aContainersDirectoriesKeepTheImagesLayers() throws Exception {
        Image image = importTree("mine");
        WritableLayer layer = images.createWritable("c1", image, 0);
        images.remove("mine", true, i -> List.of(new ImageUser("c1", false)));
        images.remove(image.id().hex(), true, i -> List.of(new ImageUser("c1", false)));
        assertThat(images.writable("c1")).contains(layer);
        assertThat(layer.lower().getFirst().resolve("etc/motd")).hasContent("welcome");
        assertThat(images.removeWritable("c1")).isTrue();
        assertThat(layer.lower().getFirst()).doesNotExist();
        assertThat(images.writable("c1")).isEmpty();
    }

    @Test
    void anImageMayGoWhileAllAreLookedAt() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> looking = threads.submit(() -> {
                while (!done.get()) {
                    images.usage();
                    images.list();
                }
                return null;
            });
            try {
                for (int i = 0; i < 100; i++) {
                    importTree("mine");
                    images.remove("mine", false, NOBODY);
                }
            } finally {
                done.set(true);
            }
            looking.get();
        }
        assertThat(images.usage().sharedBytes()).isEmpty();
    }

    @Test
    void anArchiveBringsBackWhatWasSaved() throws Exception {
        Image image = importTree("mine:1");
        images.tag("mine:1", "mine:2");
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        images.save(List.of("mine"), archive);
        try (Images other = Images.open(dir.resolve("other"), ImageOptions.DEFAULT)) {
            List<Loaded> loaded =
                    other.load(new ByteArrayInputStream(archive.toByteArray()), Optional.empty(), one -> {});
            assertThat(loaded).extracting(one -> one.reference().orElseThrow()).containsExactly("mine:1", "mine:2");
            assertThat(other.find("mine:2").id()).isEqualTo(image.id());
        }
    }

    @Test
    void aDamagedBlobInAnArchiveIsRefusedAndLeavesNothing() throws Exception {
        importTree("mine:1");
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        images.save(List.of("mine:1"), archive);
        byte[] bytes = archive.toByteArray();
        int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("welcome");
        bytes[at] = 'W';
        try (Images other = Images.open(dir.resolve("other"), ImageOptions.DEFAULT)) {
            assertThatThrownBy(() -> other.load(new ByteArrayInputStream(bytes), Optional.empty(), one -> {}))
                    .hasMessageContaining("has another content");
            assertThat(other.list()).isEmpty();
        }
        try (var blobs = Files.walk(dir.resolve("other/content"))) {
            assertThat(blobs.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    @Needs(Need.SKOPEO)
    void skopeoReadsOurArchivesAndWeReadIts() throws Exception {
        Image image = importTree("mine:1");
        Path ours = dir.resolve("ours.tar");
        try (var out = Files.newOutputStream(ours)) {
            images.save(List.of("mine:1"), out);
        }
        skopeo("copy", "-q", "docker-archive:" + ours, "docker-archive:" + dir.resolve("docker.tar") + ":back:1");
        skopeo("copy", "-q", "oci-archive:" + ours, "oci-archive:" + dir.resolve("oci.tar") + ":back/oci:1");
        for (String name : List.of("docker.tar", "oci.tar")) {
            try (Images other = Images.open(dir.resolve("data-" + name), ImageOptions.DEFAULT);
                    InputStream in = Files.newInputStream(dir.resolve(name))) {
                List<Loaded> loaded = other.load(in, Optional.empty(), one -> {});
                assertThat(loaded).hasSize(1);
                assertThat(loaded.getFirst().reference().orElseThrow()).startsWith("back");
                assertThat(loaded.getFirst().image().config().diffIds())
                        .isEqualTo(image.config().diffIds());
            }
        }
    }

    private static void skopeo(String... arguments) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of("skopeo", "--insecure-policy"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    /** Layers may be plain, or compressed by gzip and zstd: what is in bzip2 or xz is kept plain. */
    @ParameterizedTest
    @ValueSource(strings = {"bzip2", "xz"})
    void whatNoLayerMayBeCompressedByIsUnpacked(String compressor) throws Exception {
        byte[] compressed = compressed(compressor, tree());
        Image image = importTree("mine", compressed);
        assertThat(image.config().diffIds()).containsExactly(Digest.sha256(tree()));
        assertThat(images.layerBytes(image)).hasSize(1);
        byte[] config = Files.readAllBytes(
                dir.resolve("data/content/blobs/sha256").resolve(image.id().hex()));
        images.remove("mine", false, NOBODY);

        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(archive)) {
            file(tar, "config.json", config);
            file(tar, "layer.tar", compressed);
            String manifest = "[{\"Config\":\"config.json\",\"RepoTags\":[\"mine:2\"],\"Layers\":[\"layer.tar\"]}]";
            file(tar, "manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
        }
        images.load(
                new ByteArrayInputStream(compressed(compressor, archive.toByteArray())), Optional.empty(), one -> {});
        Image loaded = images.find("mine:2");
        assertThat(loaded.id()).isEqualTo(image.id());
        assertThat(images.lowerDirs(loaded).getFirst().resolve("etc/motd")).hasContent("welcome");
    }

    private static byte[] compressed(String compressor, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = compressor.equals("xz")
                ? new XZOutputStream(bytes, new LZMA2Options())
                : new BZip2CompressorOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    private static void file(TarWriter tar, String name, byte[] content) throws IOException {
        tar.begin(TarEntry.file(name, 0644, 0, 0, Instant.EPOCH, content.length, Map.of()));
        tar.write(content, 0, content.length);
    }

    private Image importTree(String name) throws IOException {
        return importTree(name, tree());
    }

    private Image importTree(String name, byte[] tar) throws IOException {
        return images.importTree(
                new ByteArrayInputStream(tar),
                Optional.of(name),
                new ImportOptions(ContainerConfig.EMPTY, Platform.host(), "Imported from -"));
    }

    private static byte[] tree() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.begin(TarEntry.empty("etc", TarEntry.Type.DIRECTORY, "", 0755, 0, 0, Instant.EPOCH));
            file(tar, "etc/motd", "welcome".getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
