package dev.berth.build.output;

import dev.berth.build.attest.AttestationOptions;
import dev.berth.image.oci.Platform;
import java.util.List;

/**
 * What is wanted of a build beside what it is made of.
 *
 * @param keep whether the image is shown among all images and gets its names; else it is there for who knows its ID, as long
 *     as the cache has it
 * @param platforms which it is for, where these are several: an image for each, under one name; in the order that its index has
 * @param attestations about each image, listed by the index beside it
 */
public record ResultOptions(boolean keep, List<Platform> platforms, AttestationOptions attestations) {
    /** An image that is kept, for one platform, as Docker's classic builder makes it. */
    public static final ResultOptions DEFAULT = new ResultOptions(true, List.of(), AttestationOptions.NONE);

    public ResultOptions {
        platforms = List.copyOf(platforms);
    }
}
