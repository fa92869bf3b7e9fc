package dev.berth.build.java;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What becomes a layer.
 *
 * @param name {@code dependencies}, {@code classes}
 * @param files by their paths in the image, without a slash before them
 */
record Part(String name, SortedMap<String, Content> files) {
    Part {
        files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
    }
}
