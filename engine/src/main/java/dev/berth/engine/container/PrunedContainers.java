package dev.berth.engine.container;

import java.util.List;

/**
 * What a prune removed.
 *
 * @param bytes that the containers' own changes took up
 */
public record PrunedContainers(List<String> ids, long bytes) {
    public PrunedContainers {
        ids = List.copyOf(ids);
    }
}
