package dev.berth.level;

import java.time.Instant;

/**
 * How a process ended.
 *
 * @param code the exit code, or 128 plus the number of the signal that ended it
 * @param oomKilled whether the kernel killed a process of the sandbox because its memory limit was reached
 */
public record Exit(int code, boolean oomKilled, Instant at) {}
