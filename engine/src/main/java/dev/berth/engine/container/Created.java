package dev.berth.engine.container;

import java.util.List;

/**
 * A container that was made.
 *
 * @param warnings sentences for the user on what was asked for and is not as they may think
 */
public record Created(String id, List<String> warnings) {}
