package dev.berth.build.cache;

import java.util.Optional;

/**
 * How much a pruning leaves, in bytes, as BuildKit has it; 0 where nothing is said.
 *
 * @param reserved so much may stay in any case
 * @param mostUsed no more than this stays, but for what is reserved
 * @param leastFree of the disk, for which more than that goes, but not what is reserved
 */
public record CacheBounds(long reserved, long mostUsed, long leastFree) {
    /** All goes that may. */
    public static final CacheBounds NONE = new CacheBounds(0, 0, 0);

    public static CacheBounds reserved(long bytes) {
        return new CacheBounds(bytes, 0, 0);
    }

    /**
     * How much stays of what there is; empty where nothing is said of that.
     *
     * @param total of what is kept
     * @param free on the disk that it is on
     */
    Optional<Long> kept(long total, long free) {
        if (equals(NONE)) {
            return Optional.empty();
        }
        long most = mostUsed > 0 ? mostUsed : leastFree > 0 ? total : 0;
        long missing = Math.max(leastFree - free, 0);
        return Optional.of(Math.max(Math.min(most, total - missing), reserved));
    }
}
