package dev.berth.image.registry;

/**
 * A repository that was found.
 *
 * @param name by which it can be pulled
 * @param stars that people gave it
 * @param official whether Docker keeps it
 */
public record SearchResult(String name, String description, int stars, boolean official) {}
