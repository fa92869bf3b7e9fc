package dev.berth.cli.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.berth.build.context.IgnoreFile;
import dev.berth.cli.CliException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole, with a daemon, is tried by {@code conformance.SentFolderTest}. */
class FolderSendingTest {
    @TempDir
    Path dir;

    private final ByteArrayOutputStream told = new ByteArrayOutputStream();
    private final FolderPackets packets = new FolderPackets(new ByteArrayInputStream(new byte[0]), told);

    @BeforeEach
    void makeFolder() throws IOException {
        Files.writeString(dir.resolve("a"), "what is in it");
    }

    private FolderSending folder() {
        return new FolderSending(
                new SentFolder("here", dir, new LocalContext(dir, IgnoreFile.NONE, Set.of()), Map.of()), packets);
    }

    private String told() throws IOException {
        packets.next(); // what was written is on its way
        String text = told.toString(StandardCharsets.ISO_8859_1);
        told.reset();
        return text;
    }

    @Test
    void dataIsSentOfWhatIsAskedForAlone() throws IOException {
        try (FolderSending folder = folder()) {
            folder.list();
            assertThat(told()).contains("a").doesNotContain("what is in it");
            folder.send(0);
            assertThat(told()).contains("what is in it");
            assertThatThrownBy(() -> folder.send(1)).hasMessageContaining("a file that it was not told of: 1");
        }
    }

    @Test
    void aFileThatIsAnotherOneByThenIsNotSent() throws IOException {
        try (FolderSending folder = folder()) {
            folder.list();
            Path other = Files.writeString(dir.resolve("b"), "what is in it");
            Files.move(other, dir.resolve("a"), StandardCopyOption.REPLACE_EXISTING);
            assertThatThrownBy(() -> folder.send(0))
                    .isInstanceOf(CliException.class)
                    .hasMessage("error checking context: " + dir.resolve("a")
                            + " was changed while it was sent: build again");
            assertThat(told()).doesNotContain("what is in it");
        }
    }

    @Test
    void whatWasChangedJustNowHasNothingThatTellsItFromWhatItIsNext() {
        try (Directory directory = Directory.open(dir)) {
            FileStatus now = directory.status("a").orElseThrow();
            assertThat(FolderPackets.identity(now)).isEmpty();
            FileStatus before = new FileStatus(
                    now.mode(),
                    0,
                    0,
                    now.size(),
                    1,
                    2,
                    1,
                    0,
                    0,
                    now.modifiedSeconds(),
                    0,
                    now.changedSeconds() - 60,
                    0,
                    false);
            FileStatus later = new FileStatus(
                    now.mode(),
                    0,
                    0,
                    now.size(),
                    1,
                    2,
                    1,
                    0,
                    0,
                    now.modifiedSeconds(),
                    0,
                    now.changedSeconds() - 60,
                    1,
                    false);
            assertThat(FolderPackets.identity(before)).isNotEmpty().isNotEqualTo(FolderPackets.identity(later));
        }
    }
}
