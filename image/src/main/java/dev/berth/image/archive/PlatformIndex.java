package dev.berth.image.archive;

import dev.berth.image.Image;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.MediaTypes;
import java.util.List;

/**
 * The index of images that are one thing for several platforms, with what is attested of them. The same images give the same
 * document.
 */
public final class PlatformIndex {
    private PlatformIndex() {}

    /** @param images in the order that they have in the index */
    public static ImageIndex of(List<Image> images) {
        return ImageIndex.of(
                MediaTypes.OCI_INDEX,
                images.stream().map(PlatformIndex::descriptor).toList());
    }

    /** As an index lists it. */
    static Descriptor descriptor(Image image) {
        if (image.manifest().isAttestation()) {
            return image.manifest()
                    .descriptor()
                    .withPlatform(image.config().platform())
                    .withAnnotations(image.manifest().annotations());
        }
        return image.manifest().descriptor().withPlatform(image.config().platform());
    }
}
