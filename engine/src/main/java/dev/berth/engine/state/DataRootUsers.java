package dev.berth.engine.state;

import dev.berth.engine.error.EngineException;
import dev.berth.image.content.RecordFile;
import dev.berth.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Who may be an owner of a data root's files, where that is not just anybody: in the file {@code users}. Files that were
 * unpacked in a user namespace have other owners than another one would give them.
 */
public final class DataRootUsers {
    private DataRootUsers() {}

    /**
     * Notes them down in a new data root, and compares them in another.
     *
     * @throws EngineException CONFLICT where its files are of other users than this process has
     */
    public static void check(Path dataRoot) throws IOException {
        check(dataRoot, UserNamespace.own());
    }

    static void check(Path dataRoot, UserNamespace users) throws IOException {
        Path file = dataRoot.resolve("users");
        String now = users.owners();
        if (Files.exists(file)) {
            String then = Files.readString(file).strip();
            if (!then.equals(now)) {
                throw EngineException.conflict("the files in " + dataRoot + " have owners of another user namespace ("
                        + then + ") than this engine's (" + now + "): give it another data root, or remove this one");
            }
        } else if (!users.initial()) {
            RecordFile.write(file, (now + "\n").getBytes(StandardCharsets.US_ASCII));
        }
    }
}
