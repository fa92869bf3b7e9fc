package dev.berth.image;

import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.NameRecord;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.Limits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds what belongs to an image's index: which of its manifests are here, and what they take up. */
final class Manifests {
    private final ImageStore store;
    private final ImageFinder finder;

    Manifests(ImageStore store, ImageFinder finder) {
        this.store = store;
        this.finder = finder;
    }

    List<ManifestSummary> of(Image image) throws IOException {
        Optional<NameRecord> entry = indexed(image);
        if (entry.isEmpty()) {
            Descriptor own =
                    image.manifest().descriptor().withPlatform(image.config().platform());
            return List.of(new ManifestSummary(own, contentBytes(image), Optional.of(image), Optional.empty()));
        }
        Map<Digest, Image> here = new HashMap<>();
        for (Digest id : entry.get().images()) {
            finder.byId(id).ifPresent(each -> here.put(each.manifest().raw().digest(), each));
        }
        Descriptor descriptor = entry.get().index().orElseThrow();
        ImageIndex index = ImageIndex.parse(
                store.content().read(descriptor.digest(), Limits.DEFAULT.manifestBytes()), descriptor.mediaType());
        List<ManifestSummary> summaries = new ArrayList<>();
        for (Descriptor manifest : index.manifests()) {
            Optional<Image> known = Optional.ofNullable(here.get(manifest.digest()));
            long bytes = known.isPresent() ? contentBytes(known.get()) : 0;
            summaries.add(new ManifestSummary(manifest, bytes, known, attestationFor(manifest)));
        }
        return summaries;
    }

    /** What the image's name stands for. */
    Descriptor target(Image image) throws IOException {
        Optional<NameRecord> entry = indexed(image);
        return entry.isPresent()
                ? entry.get().index().orElseThrow()
                : image.manifest().descriptor();
    }

    /** The first of the image's names that stands for an index. */
    private Optional<NameRecord> indexed(Image image) throws IOException {
        for (String name : store.catalog().names(image.id())) {
            Optional<NameRecord> entry = store.catalog()
                    .entry(name)
                    .filter(each -> each.index()
                            .filter(index -> store.content().has(index.digest()))
                            .isPresent());
            if (entry.isPresent()) {
                return entry;
            }
        }
        return Optional.empty();
    }

    private long contentBytes(Image image) throws IOException {
        long sum = image.manifest().raw().size() + (long) image.config().raw().size();
        for (Descriptor layer : image.layers()) {
            sum += store.content().size(layer.digest()).orElse(0);
        }
        return sum;
    }

    private static Optional<Digest> attestationFor(Descriptor manifest) {
        String subject = manifest.annotations().getOrDefault(Descriptor.REFERENCE_DIGEST, "");
        if (!manifest.isAttestation() || subject.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Digest.parse(subject));
        } catch (ImageException e) {
            return Optional.empty(); // whoever wrote it was mistaken; it is told as what it claims to be about: nothing
        }
    }
}
