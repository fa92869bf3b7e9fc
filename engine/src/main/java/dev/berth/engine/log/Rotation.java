package dev.berth.engine.log;

/**
 * When a log's file is full, and what becomes of it.
 *
 * @param maxFileBytes size from which on the next record goes into a new file; zero for never
 * @param maxFiles how many files there are at most, the current one counted
 * @param compress whether all but the current one are compressed
 */
record Rotation(long maxFileBytes, int maxFiles, boolean compress) {
    /** Docker's for local. */
    static final Rotation LOCAL = new Rotation(20_000_000, 5, true);
}
