package dev.berth.soak;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * An image as it must be.
 *
 * @param names under which it goes; changed as it is tagged and untagged
 * @param files that it has beside those of the first image
 */
record Picture(String id, Set<String> names, Map<String, byte[]> files) {
    static final String BASE = "soak:base";

    static Picture base(String id) {
        return new Picture(id, new TreeSet<>(Set.of(BASE)), Map.of());
    }
}
