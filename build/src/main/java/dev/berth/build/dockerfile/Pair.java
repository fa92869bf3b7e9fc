package dev.berth.build.dockerfile;

/**
 * A variable or label and its value.
 *
 * @param legacy whether it was written with a blank in place of the {@code =}
 */
public record Pair(String key, String value, boolean legacy) {}
