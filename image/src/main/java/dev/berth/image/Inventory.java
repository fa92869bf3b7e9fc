package dev.berth.image;

import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which images are here in all, which of them are shown, and what they take up. */
final class Inventory {
    private final ImageStore store;
    private final ImageFinder finder;

    Inventory(ImageStore store, ImageFinder finder) {
        this.store = store;
        this.finder = finder;
    }

    /** Those that are shown, the newest first. */
    List<Image> shown() throws IOException {
        List<Image> images = new ArrayList<>();
        for (ImageRecord record : store.catalog().images()) {
            boolean hidden = store.catalog().names(record.id()).isEmpty()
                    && (record.step() || !store.catalog().asVariant(record.id()).isEmpty());
            Optional<StoredImage> stored = hidden ? Optional.empty() : store.readUnlessGone(record);
            if (stored.isPresent()) {
                images.add(finder.image(record, stored.get()));
            }
        }
        images.sort(Comparator.comparing(Image::created).reversed().thenComparing(Image::id));
        return images;
    }

    /** Those that steps of builds came to and nobody is shown, or all others. */
    List<Image> images(boolean steps) throws IOException {
        List<Image> images = new ArrayList<>();
        for (ImageRecord record : store.catalog().images()) {
            Optional<StoredImage> stored =
                    isStep(record.id()) == steps ? store.readUnlessGone(record) : Optional.empty();
            if (stored.isPresent()) {
                images.add(finder.image(record, stored.get()));
            }
        }
        return images;
    }

    boolean isStep(Digest id) throws IOException {
        return store.catalog().image(id).filter(ImageRecord::step).isPresent()
                && store.catalog().names(id).isEmpty()
                && store.catalog().asVariant(id).isEmpty();
    }

    /** The sizes of an image's unpacked layers in bytes, the bottom first. */
    List<Long> layerBytes(Image image) {
        return ChainId.of(image.config().diffIds()).stream()
                .map(store.snapshots()::bytes)
                .toList();
    }

    ImageUsage usage() throws IOException {
        Map<Digest, Integer> users = new HashMap<>();
        Map<Digest, List<Digest>> chains = new LinkedHashMap<>();
        for (ImageRecord record : store.catalog().images()) {
            store.readUnlessGone(record).map(StoredImage::chain).ifPresent(chain -> {
                chains.put(record.id(), chain);
                chain.forEach(layer -> users.merge(layer, 1, Integer::sum));
            });
        }
        Map<Digest, Long> shared = new HashMap<>();
        chains.forEach((image, chain) -> shared.put(
                image,
                chain.stream()
                        .filter(layer -> users.getOrDefault(layer, 0) > 1)
                        .mapToLong(store.snapshots()::bytes)
                        .sum()));
        long all = users.keySet().stream().mapToLong(store.snapshots()::bytes).sum();
        return new ImageUsage(all, shared);
    }
}
