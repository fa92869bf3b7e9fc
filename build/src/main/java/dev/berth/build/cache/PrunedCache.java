package dev.berth.build.cache;

import java.util.List;

/** What was removed. */
public record PrunedCache(List<CacheEntry> deleted) {
    public PrunedCache {
        deleted = List.copyOf(deleted);
    }

    /** How many bytes were freed. */
    public long bytes() {
        return deleted.stream().mapToLong(CacheEntry::bytes).sum();
    }
}
