package dev.berth.engine.config;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * How a file system in memory is made (Docker's {@code TmpfsOptions}).
 *
 * @param sizeBytes zero for the kernel's default
 * @param mode permission bits; zero for 1777
 * @param options as mount(8) takes them, each a name or a name and a value
 */
@Json
public record TmpfsOptions(
        @Json.Property("SizeBytes") long sizeBytes,
        @Json.Property("Mode") int mode,
        @Json.Property("Options") List<List<String>> options) {
    public TmpfsOptions {
        options = Absent.list(options);
    }
}
