package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import java.util.List;
import java.util.Optional;

/**
 * What to make an image of, and how.
 *
 * @param reference the image's name; empty for none
 * @param config what the image's containers start with, where it is not to be the container's own
 * @param changes instructions as in a Dockerfile
 * @param pause whether the container stands still meanwhile
 */
public record CommitRequest(
        String container,
        Optional<String> reference,
        String author,
        String comment,
        Optional<ContainerConfig> config,
        List<String> changes,
        boolean pause) {}
