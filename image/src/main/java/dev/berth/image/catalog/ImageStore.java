package dev.berth.image.catalog;

import dev.berth.image.Removed;
import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import dev.berth.image.shared.SharedCache;
import dev.berth.image.snapshot.ChainUnpack;
import dev.berth.image.snapshot.Snapshots;
import dev.berth.image.snapshot.WritableLayers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/**
 * The parts of one data root that make up its images: blobs, snapshots, catalog, containers' directories; and what
 * keeps them consistent. An image is added from the bottom up (blobs, snapshots, record, name) and removed from the top
 * down, so that a crash leaves at worst what nothing refers to. Safe for use by many threads.
 */
public final class ImageStore implements AutoCloseable {
    private final ContentStore content;
    private final Snapshots snapshots;
    private final WritableLayers writables;
    private final Catalog catalog;
    private final Collector collector = new Collector(this::sweep);
    /** By manifest. */
    private final Map<Digest, StoredImage> read = new ConcurrentHashMap<>();

    private ImageStore(ContentStore content, Snapshots snapshots, WritableLayers writables, Catalog catalog) {
        this.content = content;
        this.snapshots = snapshots;
        this.writables = writables;
        this.catalog = catalog;
    }

    /** Opens the store below the data root, which is made if it is missing. */
    public static ImageStore open(Path dataRoot, Limits limits) throws IOException {
        return open(dataRoot, limits, Optional.empty());
    }

    /** As {@link #open(Path, Limits)}, of a store that may have others in the same cache. */
    public static ImageStore open(Path dataRoot, Limits limits, Optional<SharedCache> cache) throws IOException {
        Files.createDirectories(dataRoot);
        ContentStore content = ContentStore.open(dataRoot, limits, cache);
        return new ImageStore(
                content,
                Snapshots.open(dataRoot, content, limits, cache),
                WritableLayers.open(dataRoot),
                Catalog.open(dataRoot));
    }

    public ContentStore content() {
        return content;
    }

    public Snapshots snapshots() {
        return snapshots;
    }

    public WritableLayers writables() {
        return writables;
    }

    public Catalog catalog() {
        return catalog;
    }

    /** Begins work during which nothing is removed; the caller closes it. */
    public Session begin() throws IOException {
        collector.begin();
        return new Session(collector);
    }

    /** An image's documents. */
    public StoredImage read(Descriptor manifest) throws IOException {
        StoredImage known = read.get(manifest.digest());
        if (known != null) {
            return known;
        }
        ImageManifest document = ImageManifest.parse(
                content.read(manifest.digest(), Limits.DEFAULT.manifestBytes()), manifest.mediaType());
        StoredImage image = new StoredImage(document, readConfig(document));
        read.put(manifest.digest(), image);
        return image;
    }

    /** An image's documents; none where the image is removed while all images are looked at. */
    public Optional<StoredImage> readUnlessGone(ImageRecord record) throws IOException {
        try {
            return Optional.of(read(record.manifest()));
        } catch (ImageException e) {
            if (e.kind() != ImageException.Kind.NOT_FOUND
                    || catalog.image(record.id()).isPresent()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Whether all blobs of an image are here. */
    public boolean isWhole(ImageRecord record) throws IOException {
        return read(record.manifest()).blobs().stream().allMatch(content::has);
    }

    /**
     * Adds an image whose blobs are all here: unpacks what is not unpacked yet and enters it into the catalog, without
     * a name: the caller gives it one, or has it stay without ({@link Catalog#settle}).
     *
     * @param session which takes the layers away again if it fails
     * @throws ImageException INVALID, TOO_LARGE or NO_SPACE; the image is not there then
     */
    public ImageRecord add(ImageManifest manifest, Session session) throws IOException {
        return add(manifest, session, false, () -> false);
    }

    /** Adds an image whose layers are being unpacked: waits for them and enters it. As {@link #add(ImageManifest, Session)}. */
    public ImageRecord add(StoredImage image, ChainUnpack unpack) throws IOException {
        unpack.await();
        return enter(image, unpack.bytes(), false);
    }

    /**
     * Adds what a build has come to; nobody is shown it until it is asked for ({@link Catalog#show}). As {@link
     * #add(ImageManifest, Session)}, but to stay without a name.
     *
     * @param unwanted asked time and again while layers are unpacked
     * @throws InterruptedIOException where it is not wanted any more; the image is not there then
     */
    public ImageRecord addStep(ImageManifest manifest, Session session, BooleanSupplier unwanted) throws IOException {
        ImageRecord record = add(manifest, session, true, unwanted);
        catalog.settle(record.id());
        return record;
    }

    /** As {@link #add(ImageManifest, Session)}, of what may be what a build has come to. */
    ImageRecord add(ImageManifest manifest, Session session, boolean step) throws IOException {
        return add(manifest, session, step, () -> false);
    }

    private ImageRecord add(ImageManifest manifest, Session session, boolean step, BooleanSupplier unwanted)
            throws IOException {
        StoredImage image = new StoredImage(manifest, readConfig(manifest));
        if (manifest.isAttestation()) {
            return enter(image, 0, step);
        }
        session.areTemporary(image.chain());
        try (ChainUnpack unpack = snapshots.begin(image.config().diffIds())) {
            for (int i = 0; i < manifest.layers().size(); i++) {
                unpack.unpack(i, manifest.layers().get(i), bytes -> requireWanted(unwanted));
            }
            unpack.await();
            return enter(image, unpack.bytes(), step);
        } catch (IOException e) {
            if (unwanted.getAsBoolean()) {
                throw (InterruptedIOException)
                        new InterruptedIOException("interrupted while layers were unpacked").initCause(e);
            }
            throw e;
        }
    }

    private static void requireWanted(BooleanSupplier unwanted) {
        if (unwanted.getAsBoolean()) {
            throw new CancellationException("it is not wanted any more");
        }
    }

    private ImageRecord enter(StoredImage image, long bytes, boolean step) throws IOException {
        catalog.add(new ImageRecord(
                image.config().id(),
                image.manifest().descriptor(),
                bytes,
                Optional.empty(),
                ImageRecord.Passage.COMES,
                step));
        return catalog.image(image.config().id()).orElseThrow();
    }

    /**
     * Reads the configuration that a manifest speaks of and holds the two against each other.
     *
     * @throws ImageException INVALID if they don't fit, or if the manifest is no image's; NOT_FOUND if the blob is not
     *     here
     */
    public ImageConfig readConfig(ImageManifest manifest) throws IOException {
        return readConfig(content, manifest);
    }

    /** As {@link #readConfig(ImageManifest)}, of blobs that belong to no store of images. */
    public static ImageConfig readConfig(ContentStore content, ImageManifest manifest) throws IOException {
        if (!MediaTypes.isConfig(manifest.config().mediaType())) {
            throw ImageException.invalid(
                    "manifest " + manifest.raw().digest() + " is not an image's: its configuration has the media type "
                            + manifest.config().mediaType());
        }
        ImageConfig config = ImageConfig.parse(content.read(manifest.config().digest(), Limits.DEFAULT.configBytes()));
        if (config.diffIds().size() != manifest.layers().size()) {
            throw ImageException.invalid("manifest " + manifest.raw().digest() + " has "
                    + manifest.layers().size() + " layers, but its configuration lists "
                    + config.diffIds().size());
        }
        for (Descriptor layer : manifest.layers()) {
            if (!MediaTypes.isLayer(layer.mediaType()) && !manifest.isAttestation()) {
                throw ImageException.invalid(
                        "layer " + layer.digest() + " has a media type that is not a layer's: " + layer.mediaType());
            }
        }
        return config;
    }

    /** Gives an image one more full name, which another loses if it had it. */
    public void name(String name, Digest id) throws IOException {
        name(NameRecord.of(name, id));
    }

    /** As {@link #name(String, Digest)}, for a name that may stand for several platforms; gives what it stood for. */
    public Optional<NameRecord> name(NameRecord entry) throws IOException {
        Optional<NameRecord> former = catalog.name(entry);
        releaseIndex(former.filter(old -> !old.index().equals(entry.index())));
        return former;
    }

    /**
     * Gives the images of an index a full name, beside those of other platforms that have it of the same index.
     *
     * @param own whose image is meant where no platform is asked for; the last, where none is for it
     * @return whether that changed anything
     */
    public boolean nameAll(String name, List<Digest> images, Optional<Descriptor> index, Platform own)
            throws IOException {
        synchronized (catalog) {
            Set<Digest> all = new LinkedHashSet<>();
            Optional<NameRecord> before = catalog.entry(name);
            if (index.isPresent() && before.isPresent() && before.get().index().equals(index)) {
                all.addAll(before.get().images());
            }
            all.addAll(images);
            Digest main = images.getLast();
            for (Digest each : all) {
                if (!isFor(main, own) && isFor(each, own)) {
                    main = each;
                }
            }
            all.remove(main);
            NameRecord after = new NameRecord(name, main, index, List.copyOf(all));
            return !name(after).equals(Optional.of(after));
        }
    }

    private boolean isFor(Digest image, Platform own) throws IOException {
        Optional<ImageRecord> record = catalog.image(image);
        return record.isPresent()
                && own.accepts(read(record.get().manifest()).config().platform());
    }

    /** Takes a full name away. */
    public void removeName(String name) throws IOException {
        Optional<NameRecord> former = catalog.entry(name);
        catalog.removeName(name);
        releaseIndex(former);
    }

    private void releaseIndex(Optional<NameRecord> former) throws IOException {
        Optional<Descriptor> index = former.flatMap(NameRecord::index);
        if (index.isPresent()) {
            collector.release(Set.of(index.get().digest()), Set.of());
        }
    }

    /**
     * Removes a nameless image from the catalog, and what nothing else needs of it.
     *
     * @return the stacks of layers that no other image and no container needs, the topmost first
     */
    public List<Removed.DeletedLayer> remove(ImageRecord record) throws IOException {
        StoredImage image = read(record.manifest());
        catalog.remove(record.id());
        read.remove(record.manifest().digest());
        Needed needed = needed();
        List<Digest> chain = image.chain().reversed().stream()
                .filter(chainId -> !needed.chainIds().contains(chainId))
                .toList();
        List<Removed.DeletedLayer> removed = chain.stream()
                .map(chainId -> new Removed.DeletedLayer(chainId, snapshots.bytes(chainId)))
                .toList();
        collector.release(image.blobs(), new HashSet<>(chain));
        return removed;
    }

    /** Removes a container's directories, and what only they needed; gives whether they were there. */
    public boolean removeWritable(String id) throws IOException {
        Optional<Digest> manifest = writables.manifest(id);
        boolean removed = writables.remove(id);
        if (manifest.isPresent() && !belongsToAnImage(manifest.get())) {
            releaseAll(manifest.get());
        }
        return removed;
    }

    private void releaseAll(Digest manifest) throws IOException {
        try {
            StoredImage image = read(new Descriptor("", manifest, 0));
            collector.release(image.blobs(), new HashSet<>(image.chain()));
            read.remove(manifest);
        } catch (ImageException e) {
            if (e.kind() != ImageException.Kind.NOT_FOUND) {
                throw e;
            } // damaged, and a check finds what it needed; or its image is just being removed, and frees it
        }
    }

    /** Removes all blobs and snapshots that nothing needs; gives the bytes freed. */
    public long prune() throws IOException {
        long[] freed = {0};
        collector.exclusively(() -> {
            Needed needed = needed();
            for (Digest chainId : snapshots.list()) {
                if (!needed.chainIds().contains(chainId)) {
                    freed[0] += snapshots.bytes(chainId);
                    snapshots.delete(chainId);
                }
            }
            for (Digest blob : content.list()) {
                if (!needed.blobs().contains(blob)) {
                    freed[0] += content.size(blob).orElse(0);
                    content.delete(blob);
                }
            }
            snapshots.removeUnfinished();
        });
        return freed[0];
    }

    /**
     * Verifies blobs, layers, catalog and containers' directories, and repairs what can be where that is asked for.
     *
     * @param holders who knows the containers
     */
    public void check(Inspection inspection, Holders holders) throws IOException {
        new StoreCheck(this, inspection, holders).run();
    }

    /** Does of {@link #check} what needs no reading of contents. */
    public void tidy(Inspection inspection, Holders holders) throws IOException {
        new StoreCheck(this, inspection, holders).tidy();
    }

    /** Runs something when nobody adds to the store or reads from it, and none can begin to. */
    void exclusively(Collector.Work work) throws IOException {
        collector.exclusively(work);
    }

    /** Forgets an image's documents: they are no more. */
    void forget(Digest manifest) {
        read.remove(manifest);
    }

    @Override
    public void close() {
        snapshots.close();
    }

    private record Needed(Set<Digest> blobs, Set<Digest> chainIds) {
        void add(StoredImage image) {
            blobs.addAll(image.blobs());
            chainIds.addAll(image.chain());
        }
    }

    /** What images and containers need. */
    private Needed needed() throws IOException {
        Needed needed = new Needed(new HashSet<>(), new HashSet<>());
        for (ImageRecord record : catalog.images()) {
            readUnlessGone(record).ifPresent(needed::add);
        }
        for (NameRecord entry : catalog.entries()) {
            entry.index().ifPresent(index -> needed.blobs().add(index.digest()));
        }
        for (String id : writables.list()) {
            Optional<Digest> manifest = writables.manifest(id);
            if (manifest.isPresent() && content.has(manifest.get())) {
                try {
                    needed.add(read(new Descriptor("", manifest.get(), 0)));
                } catch (ImageException e) {
                    if (e.kind() != ImageException.Kind.NOT_FOUND
                            || writables.manifest(id).isPresent()) {
                        throw e;
                    } // removed while we look
                }
            }
        }
        return needed;
    }

    private boolean belongsToAnImage(Digest manifest) throws IOException {
        return catalog.images().stream()
                .anyMatch(record -> record.manifest().digest().equals(manifest));
    }

    private void sweep(Set<Digest> blobs, Set<Digest> chainIds) throws IOException {
        Needed needed = needed();
        for (Digest chainId : chainIds) {
            if (!needed.chainIds().contains(chainId)) {
                snapshots.delete(chainId);
            }
        }
        for (Digest blob : blobs) {
            if (!needed.blobs().contains(blob)) {
                content.delete(blob);
            }
        }
    }
}
