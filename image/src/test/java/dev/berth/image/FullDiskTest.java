package dev.berth.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.check.Finding;
import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.image.oci.ContainerConfig;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small file system of its own is full in the middle of things: it is said clearly, and nothing stays of them. */
@Needs(Need.ROOT)
@LeavesNothingBehind
class FullDiskTest {
    private static final int LAYER_BYTES = 3 << 20;
    private static final int LEFT_BYTES = 1 << 20;

    @TempDir
    Path dir;

    private Path data;
    private Path filler;
    private Images images;

    @BeforeEach
    void mount() throws Exception {
        data = Files.createDirectory(dir.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=24m,nr_inodes=2000", "berth-test", data.toString());
        filler = data.resolve("filler");
        images = Images.open(data, ImageOptions.DEFAULT);
    }

    @AfterEach
    void unmount() throws Exception {
        images.close();
        run("umount", data.toString());
    }

    @Test
    void anImportThatDoesNotFitLeavesNothing() throws Exception {
        fails(() -> images.importTree(new ByteArrayInputStream(tree()), Optional.of("big:1"), options()));
        assertThat(images.importTree(new ByteArrayInputStream(tree()), Optional.of("big:1"), options())
                        .repoTags())
                .containsExactly("big:1");
    }

    @Test
    void anArchiveThatDoesNotFitLeavesNothing() throws Exception {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (Images other = Images.open(dir.resolve("other"), ImageOptions.DEFAULT)) {
            other.importTree(new ByteArrayInputStream(tree()), Optional.of("big:1"), options());
            other.save(List.of("big:1"), archive);
        }
        byte[] bytes = archive.toByteArray();
        fails(() -> images.load(new ByteArrayInputStream(bytes), Optional.empty(), one -> {}));
        assertThat(images.load(new ByteArrayInputStream(bytes), Optional.empty(), one -> {}))
                .hasSize(1);
    }

    @Test
    void aCommitThatDoesNotFitLeavesNothing() throws Exception {
        Image hello = images.find("hello-world");
        WritableLayer changes = images.createWritable("c1", hello, 0);
        byte[] noise = new byte[LAYER_BYTES];
        new Random(1).nextBytes(noise);
        Files.write(changes.upper().resolve("noise"), noise);
        CommitOptions options = new CommitOptions(ContainerConfig.EMPTY, "", "", "", Optional.of("mine:1"));
        fails(() -> images.commit("c1", options));
        assertThat(images.commit("c1", options).repoTags()).containsExactly("mine:1");
    }

    @Test
    void whatFitsAsABlobAndNotUnpackedLeavesNothing() throws Exception {
        fill(LAYER_BYTES + (LAYER_BYTES >> 1));
        Set<Path> before = files();
        assertThatThrownBy(() -> images.importTree(new ByteArrayInputStream(tree()), Optional.of("big:1"), options()))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.NO_SPACE));
        assertThat(files()).isEqualTo(before);
        Files.delete(filler);
    }

    @Test
    void withoutRoomForAFileNoContainersDirectoriesAreMadeByHalf() throws Exception {
        Image hello = images.find("hello-world");
        List<Path> many = new ArrayList<>();
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 5000; i++) {
                        many.add(Files.createFile(data.resolve("filler-" + i)));
                    }
                })
                .hasMessageContaining("No space left on device");
        Files.delete(many.removeLast());
        Files.delete(many.removeLast());
        Set<Path> before = files();
        assertThatThrownBy(() -> images.createWritable("c1", hello, 0)).hasMessageContaining("no space left on device");
        assertThat(files()).isEqualTo(before);
        for (Path file : many) {
            Files.delete(file);
        }
        images.createWritable("c1", hello, 0);
    }

    /** Fails for want of space, says so, and leaves no file that was not there; then there is room again. */
    private void fails(ThrowingCallable work) throws IOException {
        fill(LEFT_BYTES);
        Set<Path> before = files();
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.NO_SPACE))
                .hasMessageContaining("no space left on device");
        assertThat(files()).isEqualTo(before);
        Files.delete(filler);
        List<Finding> findings = new ArrayList<>();
        images.check(new Inspection(Inspection.Repairs.NOTHING, findings::add), new Holders() {
            @Override
            public boolean exists(String id) {
                return true;
            }

            @Override
            public Set<String> ofImages() {
                return Set.of();
            }

            @Override
            public Set<String> running() {
                return Set.of();
            }
        });
        assertThat(findings).isEmpty();
    }

    private void fill(int leftBytes) throws IOException {
        long room = Files.getFileStore(data).getUsableSpace() - leftBytes;
        Files.write(filler, new byte[(int) room]);
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(data)) {
            return new TreeSet<>(all.toList());
        }
    }

    private static ImportOptions options() {
        return new ImportOptions(ContainerConfig.EMPTY, Platform.host(), "");
    }

    private static byte[] tree() throws IOException {
        byte[] noise = new byte[LAYER_BYTES];
        new Random(2).nextBytes(noise);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.begin(TarEntry.file("noise", 0644, 0, 0, Instant.EPOCH, noise.length, Map.of()));
            tar.write(noise, 0, noise.length);
        }
        return bytes.toByteArray();
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }
}
