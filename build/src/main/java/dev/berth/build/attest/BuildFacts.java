package dev.berth.build.attest;

import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import java.time.Instant;
import java.util.List;

/**
 * What a build knows of itself at its end.
 *
 * @param started when it began
 * @param finished when it had its images
 * @param dockerfile its text
 * @param context of the names, modes and contents of the context's files
 * @param bases the images that it took from
 */
public record BuildFacts(Instant started, Instant finished, String dockerfile, Digest context, List<Base> bases) {
    public BuildFacts {
        bases = List.copyOf(bases);
    }

    /** An image, and what the Dockerfile calls it. */
    public record Base(String name, Image image) {}
}
