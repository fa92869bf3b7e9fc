package dev.berth.image;

import dev.berth.image.archive.Assembly;
import dev.berth.image.archive.LayerCommit;
import dev.berth.image.archive.TreeImport;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes images that users are shown. The names that they are to have are looked at before, and given after. */
final class NewImages {
    private final ImageStore store;
    private final Naming naming;

    NewImages(ImageStore store, Naming naming) {
        this.store = store;
        this.naming = naming;
    }

    /** Of a container's image and its changes. */
    Image commit(String id, CommitOptions options) throws IOException {
        List<Reference> names = names(options.reference());
        Digest manifest = store.writables()
                .manifest(id)
                .orElseThrow(() -> new ImageException(
                        ImageException.Kind.NOT_FOUND, "container " + id + " has no changes to an image"));
        StoredImage base = store.read(new Descriptor(MediaTypes.OCI_MANIFEST, manifest, 0));
        ImageRecord record = LayerCommit.add(
                store, base, store.writables().layer(id, List.of()).upper(), options);
        return naming.name(record, names);
    }

    /** Of a root file system's tar. */
    Image importTree(InputStream tar, Optional<String> reference, ImportOptions options) throws IOException {
        List<Reference> names = names(reference);
        return naming.name(TreeImport.add(store, tar, options), names);
    }

    /** Of layers that are made for it. */
    Image make(List<String> references, Assembly.Recipe recipe) throws IOException {
        List<Reference> names = new ArrayList<>();
        for (String reference : references) {
            names.add(Naming.newName(reference));
        }
        ImageRecord record;
        try (Session session = store.begin()) {
            Assembly.Result made = recipe.make(new Assembly(store.content(), session::isTemporary));
            record = store.add(made.manifest(), session);
        }
        return naming.name(record, names);
    }

    private static List<Reference> names(Optional<String> reference) throws ImageException {
        if (reference.isEmpty()) {
            return List.of();
        }
        Reference name = Reference.parse(reference.get()).withDefaultTag();
        if (name.digest().isPresent()) { // which a made image's need not be
            throw new ImageException(ImageException.Kind.BAD_REQUEST, "cannot import digest reference");
        }
        return List.of(name);
    }
}
