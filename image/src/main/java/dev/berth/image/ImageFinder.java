package dev.berth.image;

import dev.berth.image.archive.ArchiveReader;
import dev.berth.image.builtin.HelloWorld;
import dev.berth.image.catalog.Adoption;
import dev.berth.image.catalog.ImageNames;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.NameRecord;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the image that somebody means, and tells what it is. One that is not here may be in another store of the cache, or
 * built in: then it is here from now on.
 */
final class ImageFinder {
    private final ImageStore store;
    private final ImageNames names;
    private final ImageOptions options;
    private final Optional<Adoption> adoption;

    /** @param adoption from the cache's other stores, if there are */
    ImageFinder(ImageStore store, ImageNames names, ImageOptions options, Optional<Adoption> adoption) {
        this.store = store;
        this.names = names;
        this.options = options;
        this.adoption = adoption;
    }

    Image find(String nameOrId) throws IOException {
        return image(record(nameOrId));
    }

    Image find(String nameOrId, Optional<Platform> platform) throws IOException {
        Image found = find(nameOrId);
        if (platform.isEmpty() || platform.get().accepts(found.config().platform())) {
            return found;
        }
        Optional<NameRecord> entry = names.entry(nameOrId);
        for (Digest variant : entry.map(NameRecord::variants).orElse(List.of())) {
            Optional<Image> image = byId(variant);
            if (image.isPresent() && platform.get().accepts(image.get().config().platform())) {
                return image.get();
            }
        }
        throw new ImageException(
                ImageException.Kind.NO_MATCHING_PLATFORM,
                "image with reference " + nameOrId + " was found but does not match the specified platform: wanted "
                        + platform.get() + ", actual: " + found.config().platform());
    }

    /** One that another store of the cache has counts as well. */
    Optional<Image> byIdAnywhere(Digest id) throws IOException {
        Optional<Image> here = byId(id);
        return here.isEmpty() && adoption.isPresent() && adoption.get().take(id) ? byId(id) : here;
    }

    Optional<Image> byId(Digest id) throws IOException {
        Optional<ImageRecord> record = store.catalog().image(id);
        return record.isPresent() ? Optional.of(image(record.get())) : Optional.empty();
    }

    /** The image that is meant; one that another store of the cache has counts as well. */
    ImageRecord record(String nameOrId) throws IOException {
        Optional<ImageRecord> found = names.find(nameOrId);
        if (found.isEmpty() && adoption.isPresent() && adoption.get().take(nameOrId)) {
            found = names.find(nameOrId);
        }
        return found.isPresent() ? found.get() : here(nameOrId);
    }

    /** Has what another store of the cache means by the words be here, unless something here is meant by them. */
    void adopt(String nameOrId) throws IOException {
        if (adoption.isPresent() && names.find(nameOrId).isEmpty()) {
            adoption.get().take(nameOrId);
        }
    }

    /** The image that is meant, of this store's and the one that is built in. */
    ImageRecord here(String nameOrId) throws IOException {
        Optional<ImageRecord> found = names.find(nameOrId);
        if (found.isEmpty() && isBuiltIn(nameOrId)) {
            new ArchiveReader(store, options.limits(), options.platform(), Optional.of(options.platform()))
                    .load(new ByteArrayInputStream(HelloWorld.ociArchive()), (name, record) -> {});
            found = names.find(nameOrId);
        }
        return found.orElseThrow(
                () -> new ImageException(ImageException.Kind.NOT_FOUND, "No such image: " + withTag(nameOrId)));
    }

    private static boolean isBuiltIn(String nameOrId) throws ImageException {
        Reference reference = Reference.parse(nameOrId).withDefaultTag();
        return reference.toString().equals(HelloWorld.REFERENCE);
    }

    /** As the words are repeated to the user: with the tag that was looked for. */
    private static String withTag(String nameOrId) {
        try {
            return nameOrId.startsWith("sha256:")
                    ? nameOrId
                    : Reference.parse(nameOrId).withDefaultTag().familiar();
        } catch (ImageException e) {
            return nameOrId;
        }
    }

    /** What is to be told of an image. */
    Image image(ImageRecord record) throws IOException {
        return image(record, store.read(record.manifest()));
    }

    /** The same, where its documents were read already. */
    Image image(ImageRecord record, StoredImage stored) throws IOException {
        List<Reference> all = names.of(record.id());
        return new Image(
                stored.config(),
                stored.manifest(),
                all.stream()
                        .filter(name -> name.digest().isEmpty())
                        .sorted(Comparator.comparing(Reference::toString))
                        .map(Reference::familiar)
                        .toList(),
                all.stream()
                        .filter(name -> name.digest().isPresent())
                        .map(Reference::familiar)
                        .sorted()
                        .toList(),
                record.bytes(),
                record.lastTagged());
    }
}
