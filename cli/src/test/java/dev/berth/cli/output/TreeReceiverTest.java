package dev.berth.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.cli.CliException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeReceiverTest {
    private static final Instant TIME = Instant.ofEpochSecond(1_234_567_890);

    @TempDir
    Path dir;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8");

    private void put(String name, byte type, String linkOrContent, int mode) throws IOException {
        boolean file = type == TarConstants.LF_NORMAL;
        byte[] content = file ? linkOrContent.getBytes(StandardCharsets.UTF_8) : new byte[0];
        TarArchiveEntry entry = new TarArchiveEntry(name, type);
        entry.setMode(mode);
        entry.setSize(content.length);
        entry.setLastModifiedTime(FileTime.from(TIME));
        if (!file) {
            entry.setLinkName(linkOrContent);
        }
        int own = (int) Files.getAttribute(dir, "unix:uid");
        entry.setIds(own, (int) Files.getAttribute(dir, "unix:gid"));
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private void file(String name, String content) throws IOException {
        put(name, TarConstants.LF_NORMAL, content, 0644);
    }

    private void unpack(Path target) throws IOException {
        tar.finish();
        unpack(bytes.toByteArray(), target);
    }

    private static void unpack(byte[] archive, Path target) throws IOException {
        TreeReceiver.unpack(
                new ByteArrayInputStream(archive), target, new PrintStream(new ByteArrayOutputStream(), true));
    }

    private List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void filesComeWithTheirModesTimesAndLinks() throws Exception {
        put("sub/", TarConstants.LF_DIR, "", 0500);
        put("sub/tool", TarConstants.LF_NORMAL, "run", 04750);
        put("sub/same", TarConstants.LF_LINK, "sub/tool", 0);
        put("away", TarConstants.LF_SYMLINK, "sub/tool", 0777);
        unpack(dir.resolve("out"));
        Path out = dir.resolve("out");
        assertThat((int) Files.getAttribute(out.resolve("sub/tool"), "unix:mode") & 07777)
                .isEqualTo(04750);
        assertThat((int) Files.getAttribute(out.resolve("sub"), "unix:mode") & 07777)
                .isEqualTo(0500);
        assertThat(Files.getLastModifiedTime(out.resolve("sub")).toInstant()).isEqualTo(TIME);
        assertThat(Files.isSameFile(out.resolve("sub/tool"), out.resolve("sub/same")))
                .isTrue();
        assertThat(Files.readSymbolicLink(out.resolve("away"))).isEqualTo(Path.of("sub/tool"));
        assertThat(names(dir)).containsExactly("out");
        Files.setAttribute(out.resolve("sub"), "unix:mode", 0700); // so that whoever runs this can remove it
    }

    @Test
    void whatIsThereStaysBesideWhatComes() throws Exception {
        Path out = Files.createDirectories(dir.resolve("out/sub"));
        Files.writeString(out.resolve("own"), "own");
        Files.writeString(out.resolve("old"), "old");
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.createSymbolicLink(dir.resolve("out/link"), outside);
        file("sub/old", "new");
        file("link/file", "inside");
        unpack(dir.resolve("out"));
        assertThat(out.resolve("own")).hasContent("own");
        assertThat(out.resolve("old")).hasContent("new");
        assertThat(dir.resolve("out/link/file")).hasContent("inside");
        assertThat(Files.isSymbolicLink(dir.resolve("out/link"))).isFalse();
        assertThat(names(outside)).isEmpty();
        assertThat(names(dir.resolve("out"))).containsExactly("link", "sub");
    }

    @Test
    void aNameThatLeadsOutIsRefusedAndNothingIsThere() throws Exception {
        file("fine", "fine");
        file("a/../../outside", "no");
        assertThatThrownBy(() -> unpack(dir.resolve("out")))
                .isInstanceOf(CliException.class)
                .hasMessage("the archive has a name that leads out of it: a/../../outside");
        assertThat(names(dir)).isEmpty();
    }

    @Test
    void aFileBehindALinkIsRefusedAndNothingIsThere() throws Exception {
        Path outside = Files.createDirectory(dir.resolve("outside"));
        put("link", TarConstants.LF_SYMLINK, outside.toString(), 0777);
        file("link/file", "no");
        assertThatThrownBy(() -> unpack(dir.resolve("out"))).isInstanceOf(IOException.class);
        assertThat(names(dir)).containsExactly("outside");
        assertThat(names(outside)).isEmpty();
    }

    @Test
    void aFolderIsNotReplacedByAFile() throws Exception {
        Path out = Files.createDirectories(dir.resolve("out/name"));
        file("first", "first");
        file("name", "file");
        assertThatThrownBy(() -> unpack(dir.resolve("out"))).hasMessageStartingWith("cannot overwrite directory ");
        assertThat(Files.isDirectory(out, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(names(dir.resolve("out"))).containsExactly("name");
    }

    @Test
    void anArchiveThatEndsEarlyLeavesNothing() throws Exception {
        file("first", "first");
        file("second", "x".repeat(10_000));
        tar.finish();
        byte[] half = Arrays.copyOf(bytes.toByteArray(), 4_000);
        assertThatThrownBy(() -> unpack(half, dir.resolve("out"))).isInstanceOf(IOException.class);
        assertThat(names(dir)).isEmpty();
    }
}
