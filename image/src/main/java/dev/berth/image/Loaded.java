package dev.berth.image;

import java.util.Optional;

/**
 * One image that came out of an archive.
 *
 * @param reference the name it was given, in its familiar form; empty if the archive names none
 */
public record Loaded(Optional<String> reference, Image image) {}
