package dev.berth.engine.volume;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is told of a volume to those who ask.
 *
 * @param mountpoint the directory of its files, where it has a directory of its own
 * @param options of its driver; empty where nothing was said of them
 * @param labels likewise
 * @param references how many containers use it
 */
public record VolumeInspection(
        String name,
        Path mountpoint,
        Instant created,
        Optional<Map<String, String>> options,
        Optional<Map<String, String>> labels,
        int references) {
    /** The only driver there is. */
    public static final String DRIVER = "local";
}
