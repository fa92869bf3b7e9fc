package dev.berth.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreesTest {
    @TempDir
    Path dir;

    @Test
    void aTreeGoesAndWhatItsLinksPointToStays() throws IOException {
        Path outside = Files.createDirectory(dir.resolve("outside"));
        Files.writeString(outside.resolve("file"), "kept");
        Path root = dir.resolve("root");
        Files.createDirectories(root.resolve("a/b"));
        Files.createDirectory(root.resolve("going-0"));
        Files.writeString(root.resolve("a/b/file"), "gone");
        Files.createSymbolicLink(root.resolve("a/link"), outside);
        Files.createSymbolicLink(root.resolve("dangling"), Path.of("/no/such"));
        Trees.delete(root);
        assertThat(root).doesNotExist();
        assertThat(outside.resolve("file")).hasContent("kept");
        Trees.delete(root);
    }

    @Test
    void aTreeDeeperThanAPathCanSayGoes() throws IOException {
        Path root = Files.createDirectory(dir.resolve("root"));
        String name = "x".repeat(200);
        Path top = Files.createDirectory(root.resolve(name));
        for (int i = 0; i < 60; i++) {
            // built from the bottom up, as nothing can name the bottom otherwise
            Path above = Files.createDirectory(root.resolve("above"));
            Files.move(top, above.resolve(name));
            top = Files.move(above, root.resolve(name));
        }
        Trees.delete(root);
        assertThat(root).doesNotExist();
    }
}
