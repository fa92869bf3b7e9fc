package dev.berth.build.java;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.image.oci.ImageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarUploadTest {
    @TempDir
    Path dir;

    @AfterEach
    void nothingIsLeft() throws IOException {
        try (var left = Files.list(dir)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void filesLieAsTheyDoInTheTarAndGoWithTheUpload() throws Exception {
        try (JarUpload upload = unpack(tar(entry("./lib/"), entry("./lib/a.jar"), entry("app.jar")))) {
            assertThat(Files.readString(upload.folder().resolve("lib/a.jar"))).isEqualTo("x");
            assertThat(Files.readString(upload.folder().resolve("app.jar"))).isEqualTo("x");
        }
    }

    @Test
    void namesThatLeadOutAreRefused() {
        assertRefused(tar(entry("../x")), "a name that is refused");
        assertRefused(tar(entry("a/../../x")), "a name that is refused");
        assertRefused(tar(entry("a.jar"), entry("a.jar")), "a.jar twice");
    }

    @Test
    void linksAndDevicesAreRefused() {
        TarArchiveEntry link = new TarArchiveEntry("app.jar", TarConstants.LF_SYMLINK);
        link.setLinkName("/etc/passwd");
        assertRefused(tar(link), "app.jar, which is neither a file nor a folder");
        TarArchiveEntry hard = new TarArchiveEntry("app.jar", TarConstants.LF_LINK);
        hard.setLinkName("/etc/passwd");
        assertRefused(tar(hard), "neither a file nor a folder");
        assertRefused(tar(new TarArchiveEntry("app.jar", TarConstants.LF_CHR)), "neither a file nor a folder");
    }

    @Test
    void whatIsCutOffOrGoesOnIsRefused() {
        byte[] whole = tar(entry("app.jar"));
        assertRefused(Arrays.copyOf(whole, 700), "ends in the middle");
        assertRefused(Arrays.copyOf(whole, whole.length + (2 << 20)), "goes on after the end of the tar");
        assertRefused("no tar, and longer than one of its blocks".repeat(20).getBytes(UTF_8), "tar");
    }

    private JarUpload unpack(byte[] tar) throws IOException {
        return JarUpload.unpack(new ByteArrayInputStream(tar), dir);
    }

    private void assertRefused(byte[] tar, String words) {
        assertThatThrownBy(() -> unpack(tar).close())
                .isInstanceOf(ImageException.class)
                .hasMessageContaining(words);
    }

    private static TarArchiveEntry entry(String name) {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(name.endsWith("/") ? 0 : 1);
        return entry;
    }

    private static byte[] tar(TarArchiveEntry... entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
            for (TarArchiveEntry entry : entries) {
                tar.putArchiveEntry(entry);
                tar.write("x".repeat((int) entry.getSize()).getBytes(UTF_8));
                tar.closeArchiveEntry();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }
}
