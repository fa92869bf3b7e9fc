package dev.berth.build.cache;

import dev.berth.image.oci.Digest;
import java.util.List;

/**
 * What was removed.
 *
 * @param deleted keys of steps
 * @param bytes that were freed
 */
public record PrunedCache(List<Digest> deleted, long bytes) {
    public PrunedCache {
        deleted = List.copyOf(deleted);
    }
}
