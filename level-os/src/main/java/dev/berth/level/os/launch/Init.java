package dev.berth.level.os.launch;

import java.util.List;

/**
 * A minimal init to stand before a sandbox's first process.
 *
 * @param descriptor of its program, open; borrowed for the launch
 * @param arguments of the process it runs, which it does not look up
 */
public record Init(int descriptor, List<String> arguments) {}
