package dev.berth.image.catalog;

import dev.berth.image.oci.Annotations;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Images with notes in their documents, as they leave: in the store they are without. Their manifests and the index are others by
 * that, and are nowhere yet.
 *
 * @param images in the order that they came in
 * @param index of them, where there are several
 * @param noted of what they are together, where a layout lists that
 */
public record AnnotatedImages(List<StoredImage> images, Optional<ImageIndex> index, Map<String, String> noted) {
    public AnnotatedImages {
        images = List.copyOf(images);
        noted = Map.copyOf(noted);
    }

    /**
     * Notes something in images that are one thing.
     *
     * @param images one a platform and what is attested of them, in the index's order
     * @throws ImageException BAD_REQUEST for notes of an index where there is one image alone
     */
    public static AnnotatedImages of(List<StoredImage> images, Annotations notes) throws ImageException {
        if (images.size() == 1) {
            Map<String, String> ofIndex = new TreeMap<>(notes.of(Annotations.Place.INDEX));
            ofIndex.putAll(notes.of(Annotations.Place.INDEX_DESCRIPTOR));
            if (!ofIndex.isEmpty()) {
                throw new ImageException(
                        ImageException.Kind.BAD_REQUEST,
                        "the annotations " + String.join(", ", ofIndex.keySet())
                                + " are of an index, and an image for one platform has none");
            }
        }
        Map<Digest, Digest> manifests = new HashMap<>();
        for (StoredImage image : images) {
            if (!image.manifest().isAttestation()) {
                manifests.put(
                        image.manifest().raw().digest(),
                        annotated(image, notes).raw().digest());
            }
        }
        List<StoredImage> annotated = new ArrayList<>();
        for (StoredImage image : images) {
            annotated.add(new StoredImage(
                    image.manifest().isAttestation() ? about(image.manifest(), manifests) : annotated(image, notes),
                    image.config()));
        }
        if (images.size() == 1) {
            Platform only = images.getFirst().config().platform();
            return new AnnotatedImages(
                    annotated, Optional.empty(), notes.of(Annotations.Place.MANIFEST_DESCRIPTOR, only));
        }
        List<Descriptor> listed =
                annotated.stream().map(image -> listed(image, notes)).toList();
        return new AnnotatedImages(
                annotated,
                Optional.of(ImageIndex.of(MediaTypes.OCI_INDEX, listed, notes.of(Annotations.Place.INDEX))),
                notes.of(Annotations.Place.INDEX_DESCRIPTOR));
    }

    /** Docker's manifests have no place for notes: one of those becomes one of OCI's. */
    private static ImageManifest annotated(StoredImage image, Annotations notes) {
        ImageManifest manifest = image.manifest();
        Map<String, String> own =
                notes.of(Annotations.Place.MANIFEST, image.config().platform());
        if (own.isEmpty()) {
            return manifest;
        }
        Map<String, String> all = new TreeMap<>(manifest.annotations());
        all.putAll(own);
        return ImageManifest.of(MediaTypes.OCI_MANIFEST, manifest.config(), manifest.layers(), all);
    }

    /** A statement about an image that has another digest now. */
    private static ImageManifest about(ImageManifest attestation, Map<Digest, Digest> manifests) throws ImageException {
        Map<String, String> all = new TreeMap<>(attestation.annotations());
        String subject = all.getOrDefault(Descriptor.REFERENCE_DIGEST, "");
        if (!subject.isEmpty()) {
            Digest old = Digest.parse(subject);
            all.put(
                    Descriptor.REFERENCE_DIGEST,
                    manifests.getOrDefault(old, old).toString());
        }
        return all.equals(attestation.annotations())
                ? attestation
                : ImageManifest.of(MediaTypes.OCI_MANIFEST, attestation.config(), attestation.layers(), all);
    }

    private static Descriptor listed(StoredImage image, Annotations notes) {
        Platform platform = image.config().platform();
        Descriptor descriptor = image.manifest().descriptor().withPlatform(platform);
        return descriptor.withAnnotations(
                image.manifest().isAttestation()
                        ? image.manifest().annotations()
                        : notes.of(Annotations.Place.MANIFEST_DESCRIPTOR, platform));
    }
}
