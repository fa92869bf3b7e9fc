package dev.berth.image.catalog;

import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageManifest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** An image's two documents, and what follows from them. */
public record StoredImage(ImageManifest manifest, ImageConfig config) {
    /** The stacks of layers it needs as snapshots, the bottom first; statements about an image have no files. */
    public List<Digest> chain() {
        return manifest.isAttestation() ? List.of() : ChainId.of(config.diffIds());
    }

    /** The blobs it needs. */
    public Set<Digest> blobs() {
        Set<Digest> blobs = new LinkedHashSet<>();
        blobs.add(manifest.raw().digest());
        blobs.add(config.id());
        manifest.layers().stream().map(Descriptor::digest).forEach(blobs::add);
        return blobs;
    }
}
