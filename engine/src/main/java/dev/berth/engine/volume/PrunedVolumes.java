package dev.berth.engine.volume;

import java.util.List;

/**
 * What a prune has removed.
 *
 * @param names of the volumes
 * @param bytes of their files
 */
public record PrunedVolumes(List<String> names, long bytes) {
    public PrunedVolumes {
        names = List.copyOf(names);
    }
}
