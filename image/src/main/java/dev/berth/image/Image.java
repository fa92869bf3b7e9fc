package dev.berth.image;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageManifest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An image that is here, as it was when asked for.
 *
 * @param config the configuration; its digest is the image's ID
 * @param manifest the manifest the image came with, or was given here
 * @param repoTags its names in their familiar form, such as {@code debian:12}; in the order of their full form
 * @param repoDigests its names by digest in their familiar form, such as {@code debian@sha256:…}; sorted
 * @param size bytes its unpacked layers take up
 * @param lastTagged when it was last given a name here, if it ever was
 */
public record Image(
        ImageConfig config,
        ImageManifest manifest,
        List<String> repoTags,
        List<String> repoDigests,
        long size,
        Optional<Instant> lastTagged) {
    public Image {
        repoTags = List.copyOf(repoTags);
        repoDigests = List.copyOf(repoDigests);
    }

    /** The same image, shown with these of its names alone. */
    public Image withNames(List<String> tags, List<String> digests) {
        return new Image(config, manifest, tags, digests, size, lastTagged);
    }

    /** The same image with another manifest of the same layers. */
    public Image withManifest(ImageManifest other) {
        return new Image(config, other, repoTags, repoDigests, size, lastTagged);
    }

    /** The image's ID: its configuration's digest. */
    public Digest id() {
        return config.id();
    }

    /** The layers' blobs, the bottom first. */
    public List<Descriptor> layers() {
        return manifest.layers();
    }

    /** When it was made; the epoch where it does not say. */
    public Instant created() {
        return config.created().orElse(Instant.EPOCH);
    }
}
