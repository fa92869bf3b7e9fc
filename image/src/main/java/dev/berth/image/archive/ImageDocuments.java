package dev.berth.image.archive;

import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The two documents of an image that is made here. */
final class ImageDocuments {
    private ImageDocuments() {}

    /**
     * Puts them into the content store; gives the manifest.
     *
     * @param taken told of each blob that is there now
     * @param layers whose blobs are there
     * @throws ImageException TOO_LARGE where the configuration could not be read again
     */
    static ImageManifest write(
            ContentStore content, Consumer<Digest> taken, ImageConfig config, List<Descriptor> layers)
            throws IOException {
        int length = config.raw().bytes().length;
        if (length > Limits.DEFAULT.configBytes()) {
            throw ImageException.tooLarge("the image's configuration and history would be " + length
                    + " bytes long; at most " + Limits.DEFAULT.configBytes() + " are read");
        }
        taken.accept(content.put(config.raw().bytes()));
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST,
                Descriptor.of(MediaTypes.OCI_CONFIG, config.raw().bytes()),
                layers,
                Map.of());
        taken.accept(content.put(manifest.raw().bytes()));
        return manifest;
    }
}
