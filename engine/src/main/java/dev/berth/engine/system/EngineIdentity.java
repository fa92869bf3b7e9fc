package dev.berth.engine.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
        Path unfinished = dataRoot.resolve("engine-id.new");
        Files.writeString(unfinished, UUID.fromString(id) + "\n");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return new EngineIdentity(id);
    }
}
