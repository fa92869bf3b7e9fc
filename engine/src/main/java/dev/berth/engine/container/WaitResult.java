package dev.berth.engine.container;

import java.util.Optional;

/**
 * What a wait ended with.
 *
 * @param error why the exit code is not the program's own; empty where it is
 */
public record WaitResult(int exitCode, Optional<String> error) {}
