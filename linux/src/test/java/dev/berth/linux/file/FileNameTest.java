package dev.berth.linux.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNameTest {
    private static final byte[] LATIN = {'n', 'a', (byte) 0xef, 'v', 'e', (byte) 0xc3, (byte) 0xff};

    @Test
    void whatIsUtf8ReadsAsSuch() {
        byte[] bytes = "übung/日本/🙂".getBytes(StandardCharsets.UTF_8);
        assertThat(FileName.decode(bytes)).isEqualTo("übung/日本/🙂");
        assertThat(FileName.encode("übung/日本/🙂")).isEqualTo(bytes);
    }

    @Test
    void everyByteSurvivesTheWayToTextAndBack() {
        byte[] all = new byte[255 * 2];
        for (int i = 0; i < 255; i++) {
            all[i] = (byte) (i + 1);
            all[all.length - 1 - i] = (byte) (i + 1);
        }
        assertThat(FileName.encode(FileName.decode(all))).isEqualTo(all);
        assertThat(FileName.encode(FileName.decode(LATIN))).isEqualTo(LATIN);
    }

    @Test
    void aTreeWithNamesThatAreNotUtf8IsListedAndRemoved(@TempDir Path dir) {
        try (Directory root = Directory.open(dir)) {
            root.makeDirectory("tree", 0755);
            try (Directory tree = root.openDirectory("tree")) {
                tree.makeDirectory(FileName.decode(LATIN), 0755);
                assertThat(tree.list()).containsExactly(FileName.decode(LATIN));
            }
            root.deleteTree("tree");
            assertThat(Files.exists(dir.resolve("tree"))).isFalse();
        }
    }
}
