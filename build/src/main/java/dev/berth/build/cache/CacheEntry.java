package dev.berth.build.cache;

import java.time.Instant;

/**
 * One thing that builds leave for later ones, as {@code docker system df} and {@code docker buildx du} list it.
 *
 * @param id by which people name it
 * @param description as the user knows it
 * @param uses how often builds have used it
 * @param inUse whether a build has it just now
 * @param shared whether images that are there are made of it
 */
public record CacheEntry(
        String id,
        Type type,
        String description,
        long bytes,
        Instant created,
        Instant lastUsed,
        long uses,
        boolean inUse,
        boolean shared) {
    static final int ID_CHARS = 25;

    /** What it is, in BuildKit's words. */
    public enum Type {
        /** What a step came to. */
        REGULAR("regular"),
        /** A directory of {@code RUN --mount=type=cache}. */
        MOUNT("exec.cachemount"),
        /** What is known of the files of a folder. */
        FOLDER("source.local"),
        /** What is in the files of a folder that a client has sent. */
        CONTEXT("source.local");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
