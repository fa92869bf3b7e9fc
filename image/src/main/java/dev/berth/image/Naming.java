package dev.berth.image;

import dev.berth.image.catalog.ImageNames;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.NameRecord;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Gives images names. */
final class Naming {
    private final ImageStore store;
    private final ImageNames names;
    private final ImageFinder finder;

    Naming(ImageStore store, ImageNames names, ImageFinder finder) {
        this.store = store;
        this.names = names;
        this.finder = finder;
    }

    /**
     * A name that an image can be given.
     *
     * @throws ImageException BAD_REQUEST
     */
    static Reference newName(String text) throws ImageException {
        Reference name = Reference.parse(text).withDefaultTag();
        if (name.digest().isPresent()) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST, "refusing to create a tag with a digest reference");
        }
        return name;
    }

    /** One more name; of what stands for several platforms, the new name does so too. */
    Image tag(String nameOrId, String reference) throws IOException {
        ImageRecord record = finder.record(nameOrId);
        Reference name = newName(reference);
        Optional<NameRecord> source =
                names.entry(nameOrId).filter(entry -> entry.image().equals(record.id()));
        if (source.isPresent()) {
            store.name(source.get().as(name.toString()));
        } else {
            store.name(name.toString(), record.id());
        }
        return finder.image(finder.record(nameOrId));
    }

    /** The names of an image that was just made, which stays without any as well; gives it as it is then. */
    Image name(ImageRecord made, List<Reference> references) throws IOException {
        for (Reference reference : references) {
            store.name(reference.toString(), made.id());
        }
        if (references.isEmpty()) {
            store.catalog().settle(made.id());
        }
        return finder.image(store.catalog().image(made.id()).orElse(made));
    }
}
