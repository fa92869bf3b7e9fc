package dev.berth.engine.image;

import dev.berth.image.Removed;
import java.util.List;

/**
 * What a prune took away.
 *
 * @param removed names and images, in order
 * @param bytes that are free now
 */
public record Pruned(List<Removed> removed, long bytes) {
    public Pruned {
        removed = List.copyOf(removed);
    }
}
