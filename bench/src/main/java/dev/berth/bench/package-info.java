/**
 * Whole-process benchmarks: the same requests by the same client to Berth and to dockerd, side by side in one run,
 * and the ratio of the two. Run by {@code bench/run}; never part of the tests.
 */
@NullMarked
package dev.berth.bench;

import org.jspecify.annotations.NullMarked;
