package dev.berth.image;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import java.util.Optional;

/**
 * One manifest of those that an image's name stands for.
 *
 * @param descriptor as the index lists it
 * @param contentBytes blobs of it that are here
 * @param image what it leads to, if that is here
 * @param attestationFor the manifest that it tells something about; empty for an image's
 */
public record ManifestSummary(
        Descriptor descriptor, long contentBytes, Optional<Image> image, Optional<Digest> attestationFor) {}
