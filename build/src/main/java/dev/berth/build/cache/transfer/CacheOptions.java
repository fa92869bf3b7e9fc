package dev.berth.build.cache.transfer;

import java.util.List;

/**
 * Where else a build looks for what its steps came to, and where it writes that.
 *
 * @param from in the order in which they are looked into
 */
public record CacheOptions(List<CacheSource> from, List<CacheTarget> to) {
    /** The builder's own cache alone. */
    public static final CacheOptions NONE = new CacheOptions(List.of(), List.of());

    public CacheOptions {
        from = List.copyOf(from);
        to = List.copyOf(to);
    }
}
