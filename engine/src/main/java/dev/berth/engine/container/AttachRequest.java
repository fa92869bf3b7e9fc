package dev.berth.engine.container;

/**
 * What to attach to.
 *
 * @param logs whether what was printed so far comes first
 * @param stream whether what is printed from now on comes, and input goes
 */
public record AttachRequest(boolean stdin, boolean stdout, boolean stderr, boolean logs, boolean stream) {}
