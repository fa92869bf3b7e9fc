package dev.berth.image;

import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.Platform;

/**
 * What an image that is made of a bare file tree is given besides.
 *
 * @param config what its containers start with
 * @param comment the history's word on where it came from
 */
public record ImportOptions(ContainerConfig config, Platform platform, String comment) {}
