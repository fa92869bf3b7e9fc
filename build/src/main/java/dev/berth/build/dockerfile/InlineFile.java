package dev.berth.build.dockerfile;

/**
 * A file whose content stands in the Dockerfile.
 *
 * @param expands whether variables in it are still to be filled in
 */
public record InlineFile(String name, String content, boolean expands) {}
