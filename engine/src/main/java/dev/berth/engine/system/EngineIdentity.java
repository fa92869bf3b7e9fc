package dev.berth.engine.system;

import dev.berth.image.content.RecordFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which engine this is: an id that stays with its data root, in the file {@code engine-id}. */
public record EngineIdentity(String id) {
    /** The data root's id; a new one where it has none. */
    public static EngineIdentity of(Path dataRoot) throws IOException {
        Path file = dataRoot.resolve("engine-id");
        if (Files.exists(file)) {
            String id = Files.readString(file).strip();
            if (id.matches("[0-9a-f-]{36}")) {
                return new EngineIdentity(id);
            }
        }
        String id = Files.readString(Path.of("/proc/sys/kernel/random/uuid")).strip();
        RecordFile.write(file, (UUID.fromString(id) + "\n").getBytes(StandardCharsets.US_ASCII));
        return new EngineIdentity(id);
    }
}
