package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * A container as its file of state has it.
 *
 * @param imageId {@code sha256:…}; empty where it has no image
 * @param config merged with the image's
 * @param level the level's name
 * @param os of its platform, as its architecture and variant
 */
@Json
record ContainerRecord(
        String id,
        String name,
        Instant created,
        String imageId,
        ContainerConfig config,
        HostConfig hostConfig,
        String level,
        String os,
        String architecture,
        String variant,
        State state) {
    ContainerRecord with(String newName, State newState) {
        return new ContainerRecord(
                id, newName, created, imageId, config, hostConfig, level, os, architecture, variant, newState);
    }

    ContainerRecord with(HostConfig newHostConfig) {
        return new ContainerRecord(
                id, name, created, imageId, config, newHostConfig, level, os, architecture, variant, state);
    }
}
