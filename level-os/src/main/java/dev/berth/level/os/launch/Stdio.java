package dev.berth.level.os.launch;

/**
 * What a child has as its standard streams: descriptors of the engine's, borrowed for the launch.
 *
 * @param terminal whether all three are one terminal
 * @param inputIsNull whether the input is the host's null device, whose owner must not change
 */
public record Stdio(int input, int output, int error, boolean terminal, boolean inputIsNull) {}
