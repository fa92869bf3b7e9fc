package dev.berth.image.registry;

import dev.berth.image.oci.Annotations;
import dev.berth.image.oci.Platform;
import java.util.Optional;

/**
 * What to push.
 *
 * @param reference a name that an image has here; its registry is the target
 * @param allTags whether every tag of the repository goes
 * @param platform the one platform to push; empty for all, if all are here
 * @param annotations what is noted in the documents that the registry gets; the image here stays without
 */
public record PushRequest(
        String reference,
        boolean allTags,
        Optional<Platform> platform,
        Credentials credentials,
        Annotations annotations) {
    /** One without notes. */
    public PushRequest(String reference, boolean allTags, Optional<Platform> platform, Credentials credentials) {
        this(reference, allTags, platform, credentials, Annotations.NONE);
    }
}
