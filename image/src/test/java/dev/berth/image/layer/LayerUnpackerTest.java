package dev.berth.image.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.TarEntry.Type;
import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.testing.LeavesNothingBehind;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Needs(Need.ROOT)
@LeavesNothingBehind
class LayerUnpackerTest {
    @TempDir
    Path dir;

    private Unpacking unpacking;

    @BeforeEach
    void open() throws IOException {
        unpacking = new Unpacking(dir);
    }

    @Test
    void aNameCannotClimbOutOfTheSnapshot() throws Exception {
        refusedOrInside(new Tars().file("../beside/x", "evil").bytes());
        refusedOrInside(new Tars().file("a/../../beside/y", "evil").bytes());
        refusedOrInside(new Tars()
                .file("../../../../../../../../tmp/berth-evil", "evil")
                .bytes());
        assertThat(Path.of("/tmp/berth-evil")).doesNotExist();
    }

    @Test
    void anAbsoluteNameIsOneInTheSnapshot() throws Exception {
        refusedOrInside(new Tars().file(unpacking.beside() + "/secret", "evil").bytes());
        refusedOrInside(new Tars().symlink("/etc-link", "/etc").bytes());
    }

    @Test
    void aLayerCannotWriteThroughASymlinkOutOfItsSnapshot() throws Exception {
        refusedOrInside(new Tars()
                .symlink("out", unpacking.beside().toString())
                .file("out/secret", "evil")
                .file("out/new", "evil")
                .bytes());
        refusedOrInside(new Tars()
                .symlink("up", "..")
                .file("up/beside/secret", "evil")
                .directory("up/beside/dir", 0755)
                .bytes());
        refusedOrInside(new Tars()
                .symlink("a", "b")
                .symlink("b", "../beside")
                .symlink("a/link", "x")
                .device("a/null", Type.CHARACTER_DEVICE, 1, 3)
                .bytes());
    }

    @Test
    void aFileInThePlaceOfALinkReplacesTheLink() throws Exception {
        unpacking.unpack(new Tars()
                .symlink("secret", unpacking.beside().resolve("secret").toString())
                .file("secret", "mine")
                .bytes());
        assertThat(unpacking.target().resolve("secret")).hasContent("mine");
        assertThat(Files.isSymbolicLink(unpacking.target().resolve("secret"))).isFalse();
        unpacking.nothingElseHasChanged();
    }

    @Test
    void aHardLinkCannotTakeInAFileFromOutside() throws Exception {
        refusedOrInside(new Tars().hardLink("stolen", "../beside/secret").bytes());
        refusedOrInside(
                new Tars().hardLink("stolen", unpacking.beside() + "/secret").bytes());
        refusedOrInside(new Tars()
                .symlink("out", unpacking.beside().toString())
                .hardLink("stolen", "out/secret")
                .bytes());
        assertThat(unpacking.target().resolve("stolen")).doesNotExist();
    }

    @Test
    void aWhiteoutCannotRemoveAnythingOutside() throws Exception {
        refusedOrInside(new Tars()
                .symlink("out", unpacking.beside().toString())
                .file("out/.wh.secret", "")
                .file("out/.wh..wh..opq", "")
                .bytes());
        refusedOrInside(new Tars().file("../beside/.wh.secret", "").bytes());
        refusedOrInside(new Tars().file(".wh...", "").bytes());
        refusedOrInside(new Tars().file(".wh.", "").bytes());
    }

    @Test
    void ofDuplicatesTheLastCounts() throws Exception {
        unpacking.unpack(new Tars()
                .file("x", "first")
                .directory("d", 0755)
                .file("d/f", "1")
                .file("x", "last")
                .file("d", "now a file")
                .bytes());
        assertThat(unpacking.target().resolve("x")).hasContent("last");
        assertThat(unpacking.target().resolve("d")).hasContent("now a file");
    }

    @Test
    void aBombIsRefusedBeforeItFillsTheDisk() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] tar = new Tars().file("zeros", "x".repeat(4 << 20)).bytes();
            gzip.write(tar);
        }
        assertThatThrownBy(() -> unpacking.unpack(bomb.toByteArray(), Limits.DEFAULT.withLayerBytes(1 << 20)))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.TOO_LARGE));
    }

    @Test
    void aDamagedOrTruncatedLayerIsRefused() throws Exception {
        byte[] tar = new Tars().file("x", "content").bytes();
        byte[] truncated = java.util.Arrays.copyOf(tar, 600);
        assertThatThrownBy(() -> unpacking.unpack(truncated)).isInstanceOf(ImageException.class);
        byte[] wrongSum = tar.clone();
        wrongSum[10] ^= 1;
        assertThatThrownBy(() -> unpacking.unpack(wrongSum)).isInstanceOf(ImageException.class);
        assertThatThrownBy(() -> unpacking.unpack(new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2, 3}))
                .isInstanceOf(ImageException.class);
    }

    @Test
    void whiteoutsBecomeOverlayfssMarks() throws Exception {
        unpacking.unpack(new Tars()
                .directory("d", 0755)
                .file("d/.wh..wh..opq", "")
                .file("d/kept", "x")
                .file(".wh.gone", "")
                .bytes());
        try (Directory root = Directory.open(unpacking.target())) {
            FileStatus gone = root.status("gone").orElseThrow();
            assertThat(gone.type()).isEqualTo(FileStatus.CHARACTER_DEVICE);
            assertThat(gone.rdevMajor() + gone.rdevMinor()).isZero();
            assertThat(new Attributes(root).get("d", "trusted.overlay.opaque"))
                    .hasValueSatisfying(value -> assertThat(value).containsExactly('y'));
            assertThat(root.list()).containsExactlyInAnyOrder("d", "gone");
        }
    }

    @Test
    void allThatATarSaysOfAFileIsKept() throws Exception {
        String longName = "n".repeat(200);
        unpacking.unpack(new Tars()
                .directory("d", 01777)
                .file("d/" + longName, "long", 04755, 70_000, 3_000_000, Map.of())
                .file("plain", "x")
                .hardLink("same", "plain")
                .symlink("link", "t".repeat(150))
                .device("null", Type.CHARACTER_DEVICE, 1, 3)
                .device("fifo", Type.FIFO, 0, 0)
                .file("capable", "x", 0755, 0, 0, Map.of("user.note", "a\0b".getBytes(StandardCharsets.ISO_8859_1)))
                .bytes());
        Path file = unpacking.target().resolve("d").resolve(longName);
        Map<String, Object> all =
                Files.readAttributes(file, "unix:mode,uid,gid,nlink,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        assertThat(all).containsEntry("uid", 70_000).containsEntry("gid", 3_000_000);
        assertThat(Files.getAttribute(unpacking.target().resolve("plain"), "unix:nlink"))
                .isEqualTo(2);
        assertThat(all)
                .containsEntry("lastModifiedTime", FileTime.from(Tars.TIME))
                .containsEntry("mode", 0104755);
        assertThat(Files.readSymbolicLink(unpacking.target().resolve("link")).toString())
                .hasSize(150);
        try (Directory root = Directory.open(unpacking.target())) {
            assertThat(root.status("d").orElseThrow().permissions()).isEqualTo(01777);
            FileStatus device = root.status("null").orElseThrow();
            assertThat(device.rdevMajor() * 10 + device.rdevMinor()).isEqualTo(13);
            assertThat(root.status("fifo").orElseThrow().type()).isEqualTo(FileStatus.FIFO);
            assertThat(new Attributes(root).get("capable", "user.note")).isPresent();
        }
    }

    /** Whether it was refused or not, nothing around the snapshot has changed. */
    private void refusedOrInside(byte[] layer) throws IOException {
        try {
            unpacking.unpack(layer);
        } catch (ImageException e) {
            assertThat(e.getMessage()).isNotBlank().doesNotContain("Exception");
        }
        unpacking.nothingElseHasChanged();
    }
}
