package dev.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import dev.berth.testing.Need;
import dev.berth.testing.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LentFolderTest {
    private static final long PID = ProcessHandle.current().pid();

    @TempDir
    Path dir;

    @Test
    void aDirectoryThatAProcessHasOpenIsReadUntilItIsGivenBack() throws IOException {
        Files.writeString(dir.resolve("a"), "one");
        try (Directory open = Directory.open(dir)) {
            FileStatus status = open.status();
            try (LentFolder lent = LentFolder.of(PID, open.fd().number(), status.device(), status.inode())
                    .orElseThrow()) {
                assertThat(Files.readString(lent.path().resolve("a"))).isEqualTo("one");
            }
        }
    }

    @Test
    void anotherDirectoryThanTheOneThatIsMeantIsNotLent() {
        try (Directory open = Directory.open(dir)) {
            FileStatus status = open.status();
            assertThat(LentFolder.of(PID, open.fd().number(), status.device(), status.inode() + 1))
                    .isEmpty();
        }
    }

    @Test
    void whatIsNoDirectoryIsNotLent() throws IOException {
        Path file = Files.writeString(dir.resolve("a"), "one");
        try (Directory parent = Directory.open(dir);
                var open = OpenFile.open(file.toString(), Open.READ).fd()) {
            FileStatus status = parent.status("a").orElseThrow();
            assertThat(LentFolder.of(PID, open.number(), status.device(), status.inode()))
                    .isEmpty();
        }
    }

    @Test
    void nothingIsLentByAProcessThatIsNotThere() {
        assertThat(LentFolder.of(Integer.MAX_VALUE, 3, 1, 1)).isEmpty();
    }

    /** Root without its capabilities is as others; what it is in a user namespace of its own is nothing here. */
    @Test
    @Needs({Need.ROOT})
    void onlyWhoReadsEverythingHimselfHasItReadForHim() throws Exception {
        assertThat(LentFolder.readsEverything(PID)).isTrue();
        assertThat(LentFolder.readsEverything(Integer.MAX_VALUE)).isFalse();
        for (List<String> rights : List.of(
                List.of("setpriv", "--bounding-set=-all"),
                List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
                List.of("unshare", "--user", "--map-root-user"))) {
            List<String> command = new ArrayList<>(rights);
            command.addAll(List.of("sh", "-c", "echo begun; read end"));
            Process other = new ProcessBuilder(command).start();
            try {
                assertThat(other.inputReader().readLine()).as(rights.toString()).isEqualTo("begun");
                assertThat(LentFolder.readsEverything(other.pid()))
                        .as(rights.toString())
                        .isFalse();
            } finally {
                other.destroyForcibly().waitFor();
            }
        }
    }
}
