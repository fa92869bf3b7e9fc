package dev.berth.image.catalog;

import dev.berth.image.catalog.CatalogCheck.Contents;
import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.image.content.BlobCheck;
import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import dev.berth.image.snapshot.SnapshotCheck;
import dev.berth.image.snapshot.WritableCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The check of everything that makes up images. What takes long, reading all blobs and unpacking all layers, holds up
 * nobody but removals; what looks at how the parts refer to each other is short and has the store for itself.
 */
final class StoreCheck {
    private final ImageStore store;
    private final Inspection inspection;
    private final Holders holders;
    private Contents catalog = new Contents(Map.of(), Map.of());
    /** What is wrong with the documents of images that cannot be used any more. */
    private final Map<Digest, String> lost = new HashMap<>();

    private final Map<Digest, StoredImage> images = new HashMap<>();
    /** What containers lie on, by manifest: many may lie on one, and who makes one waits while they are looked at. */
    private final Map<Digest, StoredImage> ofContainers = new HashMap<>();

    private Set<Digest> damaged = Set.of();

    StoreCheck(ImageStore store, Inspection inspection, Holders holders) {
        this.store = store;
        this.inspection = inspection;
        this.holders = holders;
    }

    void run() throws IOException {
        store.exclusively(() -> catalog = new CatalogCheck(store, inspection).run());
        try (SnapshotCheck layers = SnapshotCheck.begin(store.snapshots(), inspection)) {
            try (Session session = store.begin()) {
                contents(layers);
            }
            store.exclusively(() -> relations(layers));
        }
    }

    /** Leaves out what reads contents. */
    void tidy() throws IOException {
        store.exclusively(() -> {
            catalog = new CatalogCheck(store, inspection).run();
            for (ImageRecord record : catalog.images().values()) {
                read(record.id(), record.manifest());
            }
            try (SnapshotCheck layers = SnapshotCheck.begin(store.snapshots(), inspection)) {
                relations(layers);
            }
        });
    }

    /** What each part is by itself. */
    private void contents(SnapshotCheck layers) throws IOException {
        Map<Digest, String> users = users();
        damaged = new BlobCheck(store.content(), inspection, blob -> advice(users, blob)).run();
        for (ImageRecord record : catalog.images().values()) {
            read(record.id(), record.manifest());
        }
        verify(layers);
    }

    /** Which image needs which blob. */
    private Map<Digest, String> users() {
        Map<Digest, String> users = new HashMap<>();
        for (ImageRecord record : catalog.images().values()) {
            String label = catalog.label(record.id());
            users.put(record.manifest().digest(), label);
            users.put(record.id(), label);
            try {
                ImageManifest manifest = manifest(record.manifest());
                manifest.layers().forEach(layer -> users.putIfAbsent(layer.digest(), label));
            } catch (IOException e) {
                // told when the image is looked at
            }
        }
        for (NameRecord name : catalog.names().values()) {
            name.index().ifPresent(index -> users.put(index.digest(), name.name()));
        }
        return users;
    }

    private static String advice(Map<Digest, String> users, Digest blob) {
        String label = users.get(blob);
        return label == null ? "" : ": pull or load " + label + " again to have it whole";
    }

    private ImageManifest manifest(Descriptor manifest) throws IOException {
        return ImageManifest.parse(
                store.content().read(manifest.digest(), Limits.DEFAULT.manifestBytes()), manifest.mediaType());
    }

    /** Reads an image's documents afresh. */
    private void read(Digest key, Descriptor manifest) throws IOException {
        try {
            if (damaged.contains(manifest.digest())) {
                throw ImageException.invalid("its manifest " + manifest.digest() + " is damaged");
            }
            ImageManifest document = manifest(manifest);
            if (damaged.contains(document.config().digest())) {
                throw ImageException.invalid(
                        "its configuration " + document.config().digest() + " is damaged");
            }
            images.put(key, new StoredImage(document, store.readConfig(document)));
        } catch (ImageException e) {
            lost.put(key, String.valueOf(e.getMessage()));
        }
    }

    private void verify(SnapshotCheck layers) throws IOException {
        Set<Digest> inUse = inUse();
        for (StoredImage image : Set.copyOf(images.values())) {
            if (image.manifest().isAttestation()) {
                continue;
            }
            layers.verify(image.config().diffIds(), image.manifest().layers(), this::isIntact, inUse);
        }
    }

    private boolean isIntact(Digest blob) {
        return store.content().has(blob) && !damaged.contains(blob);
    }

    private Set<Digest> inUse() throws IOException {
        Set<Digest> chains = new HashSet<>();
        for (String id : holders.running()) {
            ofContainer(id).ifPresent(image -> chains.addAll(image.chain()));
        }
        return chains;
    }

    private Optional<StoredImage> ofContainer(String id) throws IOException {
        try {
            Optional<Digest> manifest = store.writables().manifest(id);
            if (manifest.isEmpty() || damaged.contains(manifest.get())) {
                return Optional.empty();
            }
            StoredImage image = ofContainers.get(manifest.get());
            if (image == null) {
                ImageManifest document = manifest(new Descriptor("", manifest.get(), 0));
                image = new StoredImage(document, store.readConfig(document));
                ofContainers.put(manifest.get(), image);
            }
            return Optional.of(image);
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    /** What belongs to what. */
    private void relations(SnapshotCheck layers) throws IOException {
        lost.keySet().removeIf(this::isGone);
        images.keySet().removeIf(this::isGone);
        lost.forEach(this::lostImage);
        images.forEach(this::missingLayers);
        catalog.names().values().forEach(this::missingIndex);
        new WritableCheck(store.writables(), inspection, holders).run();
        Set<Digest> blobs = new LinkedHashSet<>(indexes());
        Set<Digest> chains = new HashSet<>();
        boolean sure = true;
        readArrivals();
        for (StoredImage image : images.values()) {
            blobs.addAll(image.blobs());
            chains.addAll(image.chain());
        }
        for (String id : store.writables().list()) {
            Optional<StoredImage> image = ofContainer(id);
            sure &= image.isPresent() || !holders.exists(id);
            image.ifPresent(held -> {
                blobs.addAll(held.blobs());
                chains.addAll(held.chain());
            });
        }
        // of what cannot be read, any layer may be a part
        boolean keepAll = !sure || (!lost.isEmpty() && !inspection.repairsDamage());
        layers.sweep(chainId -> keepAll || chains.contains(chainId));
        if (!keepAll) {
            staleBlobs(blobs);
        }
    }

    /** Whether somebody has removed the image meanwhile. */
    private boolean isGone(Digest id) {
        return !Files.exists(store.catalog().imageFile(id));
    }

    /** Images that came meanwhile; none can while the catalog is damaged. */
    private void readArrivals() throws IOException {
        try {
            for (ImageRecord record : store.catalog().images()) {
                if (!lost.containsKey(record.id()) && !images.containsKey(record.id())) {
                    images.put(record.id(), store.read(record.manifest()));
                }
            }
        } catch (ImageException e) {
            if (inspection.repairsDamage()) {
                throw e;
            }
        }
    }

    private void lostImage(Digest id, String problem) {
        inspection.damaged(
                "image " + catalog.label(id), problem, "removed with its names: pull or load it again", () -> {
                    synchronized (store.catalog()) {
                        for (NameRecord name : catalog.names().values()) {
                            if (name.image().equals(id)) {
                                RecordFile.delete(store.catalog().nameFile(name.name()));
                            }
                        }
                        RecordFile.delete(store.catalog().imageFile(id));
                        store.catalog().reload();
                    }
                    ImageRecord record = catalog.images().get(id);
                    if (record != null) {
                        store.forget(record.manifest().digest());
                    }
                });
    }

    private void missingLayers(Digest id, StoredImage image) {
        for (int i = 0; i < image.manifest().layers().size(); i++) {
            Digest blob = image.manifest().layers().get(i).digest();
            if (!store.content().has(blob) && !damaged.contains(blob)) {
                boolean unpacked = !image.manifest().isAttestation()
                        && store.snapshots().has(image.chain().get(i));
                inspection.lost(
                        "image " + catalog.label(id),
                        "blob " + blob + " of its layer " + (i + 1) + " is missing"
                                + (unpacked ? ", which only push and save need" : ""),
                        "pull or load it again");
            }
        }
    }

    private void missingIndex(NameRecord name) {
        Optional<Digest> index = name.index().map(Descriptor::digest);
        if (index.isPresent() && !store.content().has(index.get()) && !damaged.contains(index.get())) {
            inspection.lost(
                    "name " + name.name(), "its list of manifests, " + index.get() + ", is missing", "pull it again");
        }
    }

    /** The lists of manifests that names stand for, also those that came meanwhile. */
    private Set<Digest> indexes() throws IOException {
        Set<Digest> indexes = new LinkedHashSet<>();
        for (NameRecord name : catalog.names().values()) {
            name.index().map(Descriptor::digest).ifPresent(indexes::add);
        }
        try {
            for (NameRecord name : store.catalog().entries()) {
                name.index().map(Descriptor::digest).ifPresent(indexes::add);
            }
        } catch (ImageException e) {
            if (inspection.repairsDamage()) {
                throw e;
            }
        }
        return indexes;
    }

    private void staleBlobs(Set<Digest> needed) throws IOException {
        for (Digest blob : store.content().list()) {
            if (!needed.contains(blob)
                    && !damaged.contains(blob)
                    && store.content().isStale(blob)) {
                inspection.unfinished(
                        "blob " + blob,
                        "no image needs it",
                        "removed",
                        () -> store.content().delete(blob));
            }
        }
    }
}
