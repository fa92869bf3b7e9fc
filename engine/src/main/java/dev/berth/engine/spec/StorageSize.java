package dev.berth.engine.spec;

import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.HumanSize;
import dev.berth.engine.error.EngineException;
import java.util.Locale;
import java.util.Map;

/** What a container's changes may take on the disk ({@code --storage-opt size=1G}). */
public final class StorageSize {
    private StorageSize() {}

    /**
     * In bytes; 0 for any size.
     *
     * @throws EngineException INVALID for what is no size, and by its name for every other option
     */
    public static long of(HostConfig host) {
        long bytes = 0;
        for (Map.Entry<String, String> option : host.storageOpt().entrySet()) {
            if (!option.getKey().toLowerCase(Locale.ROOT).equals("size")) {
                throw EngineException.invalid("unknown option " + option.getKey() + " (StorageOpt)");
            }
            try {
                bytes = HumanSize.binary(option.getValue());
            } catch (IllegalArgumentException e) {
                throw EngineException.invalid(e.getMessage() + " (StorageOpt size)");
            }
        }
        return bytes;
    }
}
