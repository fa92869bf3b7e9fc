package dev.berth.build.dockerfile;

import java.util.Optional;

/**
 * What ARG declares.
 *
 * @param value its default
 * @param description what a comment right above says of it; empty for nothing
 */
public record Argument(String key, Optional<String> value, String description) {}
