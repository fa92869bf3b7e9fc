package dev.berth.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.testing.MortalFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    @TempDir
    Path dir;

    @Test
    void theLastStateIsRead() throws IOException {
        StateFile file = StateFile.in(dir);
        file.write(json("1"));
        file.write(json("2"));
        assertThat(state()).hasValue("{\"n\":2}");
        file.settle();
        assertThat(names()).containsExactly("config.2.json");
        assertThat(state()).hasValue("{\"n\":2}");
    }

    @Test
    void aFileIsWholeJson() throws IOException {
        StateFile.in(dir).write(json("1"));
        assertThat(Files.readString(dir.resolve("config.1.json")))
                .matches("\\{\"crc32c\":\"[0-9a-f]{8}\",\"state\":\\{\"n\":1}}\n");
    }

    @Test
    void aStateThatAPowerLossCutOffGivesWayToTheOneBefore() throws IOException {
        StateFile file = StateFile.in(dir);
        file.write(json("1"));
        file.write(json("2"));
        Path second = dir.resolve("config.2.json");
        byte[] whole = Files.readAllBytes(second);
        for (int length = 0; length < whole.length - 1; length++) {
            Files.write(second, java.util.Arrays.copyOf(whole, length));
            assertThat(state()).as("cut after %d bytes", length).hasValue("{\"n\":1}");
        }
    }

    @Test
    void aFlippedBitIsSeen() throws IOException {
        StateFile.in(dir).write(json("1"));
        Path file = dir.resolve("config.1.json");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 4] ^= 1;
        Files.write(file, bytes);
        assertThat(state()).isEmpty();
    }

    @Test
    void writingGoesOnBehindADamagedFile() throws IOException {
        StateFile.in(dir).write(json("1"));
        Files.writeString(dir.resolve("config.7.json"), "junk");
        StateFile.Found found = StateFile.read(dir).orElseThrow();
        found.file().write(json("8"));
        found.file().settle();
        assertThat(names()).containsExactly("config.8.json");
        assertThat(state()).hasValue("{\"n\":8}");
    }

    @Test
    void aKillAtAnyChangeLeavesTheOldStateOrTheNew() throws IOException {
        boolean killed = true;
        for (int changes = 0; killed; changes++) {
            Path own = Files.createDirectory(dir.resolve("killed-" + changes));
            MortalFiles mortal = new MortalFiles(changes, 12);
            int written = 0;
            boolean deleting = false;
            try {
                StateFile file = StateFile.in(mortal.path(own));
                for (int i = 1; i <= 4; i++) {
                    file.write(json("" + i));
                    written = i;
                    if (i % 2 == 0) {
                        file.settle();
                    }
                }
                deleting = true;
                file.delete();
            } catch (IOException e) {
                assertThat(mortal.isDead()).isTrue();
            }
            killed = mortal.isDead();
            Optional<String> state = StateFile.read(own).map(found -> new String(found.json(), StandardCharsets.UTF_8));
            if (!deleting && written > 0) {
                assertThat(state)
                        .isIn(Optional.of("{\"n\":" + written + "}"), Optional.of("{\"n\":" + (written + 1) + "}"));
            } else if (deleting) {
                assertThat(state).isIn(Optional.of("{\"n\":4}"), Optional.empty());
            }
            assertThat(StateFile.survey(own).damaged()).isEmpty();
        }
    }

    @Test
    void nothingIsWrittenAfterTheEnd() throws IOException {
        StateFile file = StateFile.in(dir);
        file.write(json("1"));
        file.delete();
        file.write(json("2"));
        file.settle();
        assertThat(names()).isEmpty();
    }

    private static byte[] json(String number) {
        return ("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8);
    }

    private Optional<String> state() throws IOException {
        return StateFile.read(dir).map(found -> new String(found.json(), StandardCharsets.UTF_8));
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(file -> String.valueOf(file.getFileName())).sorted().toList().stream();
        }
    }
}
