package dev.berth.build;

import dev.berth.image.oci.Digest;
import dev.berth.image.registry.TransferListener;

/** Told how a build goes on; one call at a time. A call that takes its time holds the build up. */
public interface BuildListener {
    /** What Docker's builder prints, steps in the order that they have in the Dockerfile. */
    void text(String text);

    /** What was built; the last call of a build that came to something. */
    void built(Digest image);

    /** Told of base images on their way. */
    TransferListener transfers();
}
