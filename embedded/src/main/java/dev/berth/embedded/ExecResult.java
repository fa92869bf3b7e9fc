package dev.berth.embedded;

/**
 * What a further process of a container came to.
 *
 * @param output what it wrote to its standard output, read as UTF-8
 * @param errors what it wrote to its standard error
 */
public record ExecResult(int exitCode, String output, String errors) {}
