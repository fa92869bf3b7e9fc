package dev.berth.engine.config;

import io.avaje.jsonb.Json;

/**
 * How a file system in memory is made (Docker's {@code TmpfsOptions}).
 *
 * @param sizeBytes zero for the kernel's default
 * @param mode permission bits; zero for 1777
 */
@Json
public record TmpfsOptions(
        @Json.Property("SizeBytes") long sizeBytes,
        @Json.Property("Mode") int mode) {}
