package dev.berth.engine.state;

import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Names that nobody else has come upon: 64 hexadecimal digits, as Docker's are. */
public final class Ids {
    private static final int BYTES = 32;

    private Ids() {}

    /** @throws EngineException FAILED where the host gives no random numbers */
    public static String random() {
        try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
            return HexFormat.of().formatHex(random.readNBytes(BYTES));
        } catch (IOException e) {
            throw EngineException.failed("making an id failed: " + e.getMessage(), e);
        }
    }
}
