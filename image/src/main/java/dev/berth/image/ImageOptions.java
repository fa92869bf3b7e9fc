package dev.berth.image;

import dev.berth.image.oci.Limits;
import dev.berth.image.oci.Platform;

/**
 * How an image store works.
 *
 * @param limits what it takes from outside
 * @param platform whose images are chosen from indexes unless another platform is asked for
 */
public record ImageOptions(Limits limits, Platform platform) {
    public static final ImageOptions DEFAULT = new ImageOptions(Limits.DEFAULT, Platform.host());
}
