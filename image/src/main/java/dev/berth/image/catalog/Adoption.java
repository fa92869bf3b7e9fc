package dev.berth.image.catalog;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import dev.berth.image.registry.Reference;
import dev.berth.image.shared.SharedCache;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Takes over images from the other stores of a cache: documents and layers' blobs by link, unpacked layers by reference, and
 * records of its own. An image of which anything is missing, or goes meanwhile, is as if it were not there. What was removed
 * here is not taken over again. Safe for use by many threads.
 */
public final class Adoption {
    private final ImageStore store;
    private final SharedCache cache;
    /** What was removed from this store since it was opened. */
    private final Set<Removed> removed = ConcurrentHashMap.newKeySet();

    /** @param name empty for an image with all its names */
    private record Removed(String name, Digest image) {}

    /** An image of another store. */
    private record Theirs(Catalog catalog, ImageRecord record, Optional<NameRecord> name) {
        Instant lastTagged() {
            return record.lastTagged().orElse(Instant.EPOCH);
        }
    }

    /** Takes over from the cache's stores into this one. */
    public Adoption(ImageStore store, SharedCache cache) {
        this.store = store;
        this.cache = cache;
    }

    /** Says that a name was taken away from an image. */
    public void isRemoved(Reference name, Digest image) {
        removed.add(new Removed(name.toString(), image));
    }

    /** Says that an image was removed. */
    public void isRemoved(Digest image) {
        removed.add(new Removed("", image));
    }

    /**
     * Takes over the image that is meant, as {@link ImageNames#find} understands it but for starts of IDs.
     *
     * @return whether there was one
     * @throws ImageException NO_SPACE; BAD_REQUEST for a malformed name
     */
    public boolean take(String nameOrId) throws IOException {
        Optional<Digest> id = ImageNames.id(nameOrId);
        return id.isPresent() ? take(id.get()) : takeNamed(ImageNames.full(nameOrId));
    }

    /**
     * Takes over what a name stands for in the store that has given it last.
     *
     * @param name in full
     */
    private boolean takeNamed(String name) throws IOException {
        List<Theirs> found = new ArrayList<>();
        for (Path root : cache.others()) {
            Catalog theirs = Catalog.of(root);
            Optional<NameRecord> entry = theirs.readName(name);
            Optional<ImageRecord> record = entry.flatMap(known -> theirs.readImage(known.image()));
            if (record.filter(known -> known.counts(true)).isPresent()
                    && !removed.contains(new Removed(name, record.get().id()))) {
                found.add(new Theirs(theirs, record.get(), entry));
            }
        }
        found.sort(Comparator.comparing(Theirs::lastTagged).reversed());
        return takeFirst(found);
    }

    /** Takes over an image by its ID, without a name; gives whether it was there. */
    public boolean take(Digest id) throws IOException {
        List<Theirs> found = new ArrayList<>();
        for (Path root : cache.others()) {
            Catalog theirs = Catalog.of(root);
            theirs.readImage(id)
                    .filter(known -> known.counts(false) && !removed.contains(new Removed("", id)))
                    .ifPresent(record -> found.add(new Theirs(theirs, record, Optional.empty())));
        }
        return takeFirst(found);
    }

    private boolean takeFirst(List<Theirs> found) throws IOException {
        for (Theirs image : found) {
            try (Session session = store.begin()) {
                if (take(image, session)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean take(Theirs image, Session session) throws IOException {
        List<Digest> brought = new ArrayList<>();
        boolean done = false;
        try {
            done = take(image, session, brought);
            return done;
        } finally {
            if (!done) {
                forget(brought);
            }
        }
    }

    private boolean take(Theirs image, Session session, List<Digest> brought) throws IOException {
        if (image.name().isEmpty()) {
            boolean taken = bring(image.record(), session, brought);
            if (taken) {
                store.catalog().settle(image.record().id());
            }
            return taken;
        }
        NameRecord entry = image.name().get();
        if (entry.index().isPresent() && !borrow(List.of(entry.index().get()), session)) {
            return false;
        }
        if (!bring(image.record(), session, brought)) {
            return false;
        }
        List<Digest> variants = new ArrayList<>();
        for (Digest variant : entry.variants()) {
            Optional<ImageRecord> record = image.catalog().readImage(variant);
            if (record.isPresent() && record.get().counts(true) && bring(record.get(), session, brought)) {
                variants.add(variant);
            }
        }
        name(new NameRecord(entry.name(), entry.image(), entry.index(), variants));
        for (NameRecord other : image.catalog().readDigestNames(entry)) {
            name(new NameRecord(other.name(), entry.image(), entry.index(), variants));
        }
        return true;
    }

    /** Takes images out of the catalog again that did not come to stay; what only they need goes with the session. */
    private void forget(List<Digest> brought) throws IOException {
        synchronized (store.catalog()) {
            for (Digest image : brought) {
                if (store.catalog().isUnderWay(image)
                        && store.catalog().names(image).isEmpty()
                        && store.catalog().asVariant(image).isEmpty()) {
                    store.catalog().remove(image);
                }
            }
        }
    }

    /** Gives the name, unless it was given by somebody else meanwhile. */
    private void name(NameRecord entry) throws IOException {
        synchronized (store.catalog()) {
            if (store.catalog().entry(entry.name()).isEmpty()) {
                store.name(entry);
            } else {
                for (Digest image : entry.images()) {
                    store.catalog().settle(image);
                }
            }
        }
    }

    /** Has an image be here, without a name yet; notes it where it was not. */
    private boolean bring(ImageRecord theirs, Session session, List<Digest> brought) throws IOException {
        if (store.catalog().image(theirs.id()).isPresent()) {
            return true;
        }
        try {
            if (!borrow(List.of(theirs.manifest()), session)) {
                return false;
            }
            ImageManifest manifest = ImageManifest.parse(
                    store.content().read(theirs.manifest().digest(), Limits.DEFAULT.manifestBytes()),
                    theirs.manifest().mediaType());
            List<Descriptor> parts = new ArrayList<>(manifest.layers());
            parts.add(manifest.config());
            if (!borrow(parts, session)) {
                return false;
            }
            brought.add(theirs.id());
            store.add(manifest, session, theirs.step());
            return true;
        } catch (ImageException e) {
            if (e.kind() == ImageException.Kind.NO_SPACE) {
                throw e;
            }
            return false; // damaged, or removed by a check just now
        }
    }

    private boolean borrow(List<Descriptor> blobs, Session session) throws IOException {
        for (Descriptor blob : blobs) {
            session.isTemporary(blob.digest());
            if (!store.content().borrow(blob.digest(), blob.size())) {
                return false;
            }
        }
        return true;
    }
}
