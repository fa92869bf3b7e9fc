package dev.berth.image.registry;

/**
 * What to push.
 *
 * @param reference a name that an image has here; its registry is the target
 * @param allTags whether every tag of the repository goes
 */
public record PushRequest(String reference, boolean allTags, Credentials credentials) {}
