package dev.berth.image.registry;

import dev.berth.image.oci.Platform;
import java.util.Optional;

/**
 * What to pull.
 *
 * @param reference as the user types it; without tag and digest it means {@code latest}
 * @param allTags whether every tag of the repository is wanted
 * @param platform whose image is taken from an index; empty for the host's
 */
public record PullRequest(String reference, boolean allTags, Optional<Platform> platform, Credentials credentials) {}
