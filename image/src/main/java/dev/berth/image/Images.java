package dev.berth.image;

import dev.berth.image.archive.Assembly;
import dev.berth.image.archive.Attestation;
import dev.berth.image.archive.StepCommit;
import dev.berth.image.catalog.Adoption;
import dev.berth.image.catalog.ImageNames;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Removal;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Annotations;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.Credentials;
import dev.berth.image.registry.Login;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.Puller;
import dev.berth.image.registry.PushRequest;
import dev.berth.image.registry.Pusher;
import dev.berth.image.registry.Reference;
import dev.berth.image.registry.RegistryOptions;
import dev.berth.image.registry.RemoteArtifact;
import dev.berth.image.registry.RemoteConfig;
import dev.berth.image.registry.RemoteImage;
import dev.berth.image.registry.Search;
import dev.berth.image.registry.SearchResult;
import dev.berth.image.registry.TransferListener;
import dev.berth.image.shared.SharedCache;
import dev.berth.image.snapshot.WritableLayer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The images of one data root: what is here, by which names, and as which directories. The face of this module.
 *
 * <p>Opening is cheap; what is here is read when first asked for. Safe for use by many threads; one process a data
 * root, which the caller sees to. Names are taken as users type them ({@code debian}, {@code localhost:5000/x@sha256:…}).
 */
public final class Images implements AutoCloseable {
    private final ImageStore store;
    private final ImageOptions options;
    private final Optional<Adoption> adoption;
    private final ImageFinder finder;
    private final Inventory inventory;
    private final Naming naming;
    private final NewImages newImages;
    private final SeveralPlatforms severalPlatforms;
    private final Archives archives;
    private final Semaphore downloads;
    private final Semaphore uploads;

    private Images(ImageStore store, ImageOptions options) {
        ImageNames names = new ImageNames(store.catalog());
        this.store = store;
        this.options = options;
        this.adoption = options.cache().map(cache -> new Adoption(store, cache));
        this.finder = new ImageFinder(store, names, options, adoption);
        this.inventory = new Inventory(store, finder);
        this.naming = new Naming(store, names, finder);
        this.newImages = new NewImages(store, naming);
        this.severalPlatforms = new SeveralPlatforms(store, options.platform());
        this.archives = new Archives(store, names, finder, options);
        this.downloads = new Semaphore(options.registries().parallelDownloads());
        this.uploads = new Semaphore(options.registries().parallelUploads());
    }

    /** Opens the images below the data root, which is made if it is missing. */
    public static Images open(Path dataRoot, ImageOptions options) throws IOException {
        return new Images(ImageStore.open(dataRoot, options.limits(), options.cache()), options);
    }

    /**
     * All images, the newest first. Of a name that stands for several platforms, the one that is meant without a platform;
     * {@link #manifests} tells of the others.
     */
    public List<Image> list() throws IOException {
        return inventory.shown();
    }

    /**
     * The image of a name, a name with digest, or an ID of which the start suffices. The built-in {@code hello-world}
     * is there when it is asked for, and so is by a name or a whole ID what another store of the cache has.
     *
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, BAD_REQUEST for a malformed name
     */
    public Image find(String nameOrId) throws IOException {
        return finder.find(nameOrId);
    }

    /**
     * The image of a name for a platform, as {@link #find(String)} where none is asked for.
     *
     * @throws dev.berth.image.oci.ImageException also NO_MATCHING_PLATFORM
     */
    public Image find(String nameOrId, Optional<Platform> platform) throws IOException {
        return finder.find(nameOrId, platform);
    }

    /** What the image's name stands for: an index, or its manifest. */
    public Descriptor target(Image image) throws IOException {
        return new Manifests(store, finder).target(image);
    }

    /** What the index lists that an image came from, or the image alone. */
    public List<ManifestSummary> manifests(Image image) throws IOException {
        return new Manifests(store, finder).of(image);
    }

    /** As {@link #byId}; one that another store of the cache has is here from now on. */
    public Optional<Image> byIdAnywhere(Digest id) throws IOException {
        return finder.byIdAnywhere(id);
    }

    /** The image of this ID, if it is here. */
    public Optional<Image> byId(Digest id) throws IOException {
        return finder.byId(id);
    }

    /**
     * Gives an image one more name, which another image loses if it had it.
     *
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, BAD_REQUEST
     */
    public Image tag(String nameOrId, String reference) throws IOException {
        return naming.tag(nameOrId, reference);
    }

    /**
     * Removes a name, and the image with its last one, as {@code docker rmi} does.
     *
     * @param force remove also what has several names or stopped containers
     * @param users who knows the containers
     * @return what was removed, in order
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, CONFLICT
     */
    public List<Removed> remove(String nameOrId, boolean force, ImageUser.Lookup users) throws IOException {
        ImageRecord record = finder.here(nameOrId);
        Removal.Users usersOf = id -> {
            Optional<Image> image = byId(id);
            return image.isPresent() ? users.of(image.get()) : List.of();
        };
        List<Removed> removed = new Removal(store, record, usersOf).run(nameOrId, force);
        if (adoption.isPresent()) {
            for (Removed each : removed) {
                switch (each) {
                    case Removed.Untagged name ->
                        adoption.get().isRemoved(Reference.parse(name.reference()), name.image());
                    case Removed.Deleted image -> adoption.get().isRemoved(image.id());
                    case Removed.DeletedLayer _ -> {
                        // nobody asks for one
                    }
                }
            }
        }
        return removed;
    }

    /**
     * The image's layers as directories for overlayfs, the topmost first. Layers that are missing (after a power loss)
     * are unpacked anew.
     */
    public List<Path> lowerDirs(Image image) throws IOException {
        return store.snapshots().lowerDirs(image.config().diffIds(), image.layers());
    }

    /**
     * Makes the directories that take a container's changes to the image, and keeps the image's layers for as long as
     * they exist.
     *
     * @param id the container's ID: letters, digits and {@code _.-}
     * @param sizeBytes what the directories may take together; 0 for any size
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST for a size where there is a {@link #sizeHindrance}
     */
    public WritableLayer createWritable(String id, Image image, long sizeBytes) throws IOException {
        try (Session session = store.begin()) {
            return store.writables().create(id, image.manifest().raw().digest(), lowerDirs(image), sizeBytes);
        }
    }

    /**
     * Why containers' changes can have no size, as the data root's file system is mounted, and what to do about it; empty
     * where they can.
     */
    public Optional<String> sizeHindrance() throws IOException {
        return store.writables().sizeHindrance();
    }

    /** @throws dev.berth.image.oci.ImageException BAD_REQUEST where there is a {@link #sizeHindrance} */
    public void requireSizes() throws IOException {
        store.writables().requireSizes();
    }

    /** The directories made by {@link #createWritable}, if they are there. */
    public Optional<WritableLayer> writable(String id) throws IOException {
        Optional<Digest> manifest = store.writables().manifest(id);
        if (manifest.isEmpty()) {
            return Optional.empty();
        }
        StoredImage image = store.read(new Descriptor("", manifest.get(), 0));
        List<Path> lower = store.snapshots()
                .lowerDirs(image.config().diffIds(), image.manifest().layers());
        return Optional.of(store.writables().layer(id, lower));
    }

    /**
     * Makes an image of a container's image and its changes, which should not go on meanwhile.
     *
     * @param id the container's
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST for the name, NOT_FOUND where the container has no changes
     *     to an image, NO_SPACE
     */
    public Image commit(String id, CommitOptions options) throws IOException {
        return newImages.commit(id, options);
    }

    /**
     * Makes an image of what a build has come to. It is there for {@link #find} and {@link #byId}, but among all images only
     * once it has a name or is {@linkplain #show shown}.
     *
     * @param base whose layers are the lowest; empty for an image that begins with nothing
     * @param writable the ID of a container of the base that has ended, whose changes become a layer; its directories
     *     can only be removed then. Empty where the step changed no file
     * @param unwanted asked time and again, as packing and unpacking a layer takes its time
     * @throws java.io.InterruptedIOException where it is not wanted any more; there is no image then
     * @throws dev.berth.image.oci.ImageException NO_SPACE
     */
    public Image step(Optional<Image> base, Optional<String> writable, StepOptions options, BooleanSupplier unwanted)
            throws IOException {
        Optional<StoredImage> below = base.map(image -> new StoredImage(image.manifest(), image.config()));
        Optional<Path> upper =
                writable.map(id -> store.writables().layer(id, List.of()).upper());
        return finder.image(StepCommit.add(store, below, upper, options, unwanted));
    }

    /**
     * Keeps statements about an image as one more, which has no files and nobody is shown; it is named and saved together with
     * the image.
     *
     * @throws dev.berth.image.oci.ImageException NO_SPACE
     */
    public Image attest(Image subject, List<Attestation.Statement> statements) throws IOException {
        return finder.image(Attestation.add(store, subject, statements));
    }

    /**
     * Makes an image of what a build has come to elsewhere. As {@link #step(Optional, Optional, StepOptions, BooleanSupplier)}.
     *
     * @param config that says all of it
     * @param layers whose blobs are in the content store, the bottom first; they are unpacked, and held against the
     *     configuration
     * @throws dev.berth.image.oci.ImageException INVALID, TOO_LARGE, NOT_FOUND where a blob is missing, NO_SPACE
     */
    public Image step(ImageConfig config, List<Descriptor> layers) throws IOException {
        return finder.image(StepCommit.add(store, config, layers));
    }

    /** Whether an image is what a build has come to, and nobody is shown. */
    public boolean isStep(Digest id) throws IOException {
        return inventory.isStep(id);
    }

    /** Whatever {@link #isStep} is true of, in no order. */
    public List<Image> steps() throws IOException {
        return inventory.images(true);
    }

    /** All other images, also those that names stand for on further platforms; in no order. */
    public List<Image> ofAllPlatforms() throws IOException {
        return inventory.images(false);
    }

    /** Has what a build has come to be an image like others. */
    public void show(Image image) throws IOException {
        store.catalog().show(image.id());
    }

    /** The IDs of containers that have directories for their changes, in no order. */
    public List<String> writables() throws IOException {
        return store.writables().list();
    }

    /** Removes a container's directories with all they contain; gives whether they were there. */
    public boolean removeWritable(String id) throws IOException {
        return store.removeWritable(id);
    }

    /**
     * Takes in the images of an archive: of {@code docker save} in all its ages, or an OCI image layout, plain or
     * gzipped. From an index all platforms are taken whose images are in the archive, or the wanted one.
     *
     * @param platform the wanted platform; empty for all
     * @param progress told of each image as it is there
     * @throws dev.berth.image.oci.ImageException INVALID, TOO_LARGE, NO_SPACE, NO_MATCHING_PLATFORM; nothing of an
     *     image that failed stays
     */
    public List<Loaded> load(InputStream archive, Optional<Platform> platform, Consumer<Loaded> progress)
            throws IOException {
        return archives.load(archive, platform, progress);
    }

    /**
     * Writes images as an archive: an OCI image layout that older Docker engines read as well. The stream is not
     * closed.
     *
     * @param platform the one platform to write; empty for all that are here
     * @return the images that are in it
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, NO_MATCHING_PLATFORM, before anything is written
     */
    public List<Image> save(List<String> namesOrIds, Optional<Platform> platform, OutputStream archive)
            throws IOException {
        return archives.save(namesOrIds, platform, archive);
    }

    /**
     * Writes images that are one thing for several platforms as an archive, under names that they need not have here. The
     * stream is not closed.
     *
     * @param images one a platform, in the order that the index is to have
     * @param references their names in the archive; none for no name
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST for a name, before anything is written
     */
    public void saveTogether(List<Image> images, List<String> references, OutputStream archive) throws IOException {
        saveTogether(images, references, Annotations.NONE, archive);
    }

    /**
     * The same with notes in the documents of what is written.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST for a name, or notes of an index that there is not, before anything
     *     is written
     */
    public void saveTogether(List<Image> images, List<String> references, Annotations annotations, OutputStream archive)
            throws IOException {
        List<Reference> tags = new ArrayList<>();
        for (String reference : references) {
            tags.add(Naming.newName(reference));
        }
        severalPlatforms.save(images, tags, annotations, archive);
    }

    /**
     * Gives images that are one thing for several platforms a name together, which others lose if they had it.
     *
     * @param images one a platform, in the order that the index is to have
     * @return the one that is meant where no platform is asked for
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST for the name
     */
    public Image nameTogether(List<Image> images, String reference) throws IOException {
        Reference name = Naming.newName(reference);
        severalPlatforms.name(images, name);
        return find(name.toString());
    }

    /** What a name stands for that images have together: their index, or the only one's manifest. */
    public Descriptor targetOf(List<Image> images) {
        return SeveralPlatforms.target(images);
    }

    /** Of images that are one thing for several platforms, the one for this host's; the first where there is none. */
    public Image main(List<Image> images) {
        return severalPlatforms.main(images);
    }

    /** As {@link #save(List, Optional, OutputStream)}, for all platforms. */
    public List<Image> save(List<String> namesOrIds, OutputStream archive) throws IOException {
        return save(namesOrIds, Optional.empty(), archive);
    }

    /**
     * Makes an image of one layer from a tar of a root file system, plain or compressed ({@code docker import}).
     *
     * @param reference the name it is given, if any
     */
    public Image importTree(InputStream tar, Optional<String> reference, ImportOptions options) throws IOException {
        return newImages.importTree(tar, reference, options);
    }

    /**
     * Makes an image of layers that are made for it.
     *
     * @param references the names it is given, if any
     * @param recipe what is in it; it may take images that are here as its base
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST for a name, NO_SPACE, and what the recipe throws; nothing
     *     stays then
     */
    public Image make(List<String> references, Assembly.Recipe recipe) throws IOException {
        return newImages.make(references, recipe);
    }

    /**
     * Fetches an image from its registry, unless what is here is the same, and gives it the name.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, INVALID,
     *     TOO_LARGE, NO_SPACE, NO_MATCHING_PLATFORM; blobs that came whole are kept for the next attempt
     */
    public Image pull(PullRequest request, TransferListener listener) throws IOException {
        return finder.image(
                new Puller(store, options.registries(), options.platform(), downloads).pull(request, listener));
    }

    /**
     * Sends an image to the registry its name tells.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE
     */
    public void push(PushRequest request, TransferListener listener) throws IOException {
        if (!request.allTags()) {
            finder.adopt(request.reference());
        }
        new Pusher(store, options.registries(), uploads).push(request, listener);
    }

    /**
     * Tries credentials on a registry.
     *
     * @return the identity token to keep instead of the password; empty where the registry gives none
     * @throws dev.berth.image.oci.ImageException UNAUTHORIZED, UNAVAILABLE
     */
    public Optional<String> login(String server, Credentials credentials) throws IOException {
        return Login.check(server, credentials, options.registries());
    }

    /**
     * What a registry has under a name, without fetching it.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, INVALID
     */
    public RemoteImage inspectRemote(String reference, Credentials credentials) throws IOException {
        return RemoteImage.inspect(Reference.parse(reference).withDefaultTag(), options.registries(), credentials);
    }

    /**
     * The configuration of the image that a pull would bring, of which nothing else is fetched, and nothing kept.
     *
     * @param platform empty for the host's, or whatever there is
     * @throws dev.berth.image.oci.ImageException as {@link #pull}
     */
    public ImageConfig remoteConfig(String reference, Optional<Platform> platform, Credentials credentials)
            throws IOException {
        return RemoteConfig.read(
                Reference.parse(reference).withDefaultTag(),
                platform,
                options.platform(),
                options.registries(),
                credentials);
    }

    /**
     * Looks for repositories by a part of their names: on Docker Hub, or on the registry that the words begin with.
     *
     * @param term what to look for: {@code debian}, {@code localhost:5000/app}
     * @param limit how many to give at most
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, INVALID
     */
    public List<SearchResult> search(String term, int limit, Credentials credentials) throws IOException {
        return Search.find(term, limit, options.registries(), credentials);
    }

    /** The sizes of an image's unpacked layers in bytes, the bottom first. */
    public List<Long> layerBytes(Image image) {
        return inventory.layerBytes(image);
    }

    /** What the images' layers take up, and what of it images share. */
    public ImageUsage usage() throws IOException {
        return inventory.usage();
    }

    /** Begins work during which no blob is removed; the caller closes it. */
    public Session begin() throws IOException {
        return store.begin();
    }

    /** The blobs. Those that no image needs go with {@link #prune}, or when their {@link Session} says so. */
    public ContentStore content() {
        return store.content();
    }

    /**
     * What a name stands for in its registry, whatever it is; nothing is sent yet, and the caller closes it.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST
     */
    public RemoteArtifact artifact(String reference, Credentials credentials) throws IOException {
        return RemoteArtifact.open(
                Reference.parse(reference).withDefaultTag(),
                options.registries(),
                credentials,
                store.content(),
                downloads,
                uploads);
    }

    /** What this store has together with others, if it has. */
    public Optional<SharedCache> cache() {
        return options.cache();
    }

    /** How registries are talked to. */
    public RegistryOptions registries() {
        return options.registries();
    }

    /** Removes blobs and snapshots that no image and no container needs; gives the bytes freed. */
    public long prune() throws IOException {
        return store.prune();
    }

    /**
     * Verifies everything below the data root that is this module's, and repairs what can be where that is asked for.
     * Containers may run meanwhile; what takes images in or removes them may have to wait for parts of it.
     *
     * @param holders who knows the containers
     * @throws IOException if it could not be done to its end
     */
    public void check(Inspection inspection, Holders holders) throws IOException {
        store.check(inspection, holders);
    }

    /**
     * Does of {@link #check} what is quick: looks at how the parts belong together, and removes what an interrupted
     * operation has left. Contents are not read.
     */
    public void tidy(Inspection inspection, Holders holders) throws IOException {
        store.tidy(inspection, holders);
    }

    /** Waits for work in the background. What was made stays. */
    @Override
    public void close() {
        store.close();
    }
}
