package dev.berth.image.registry;

import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Platform;
import dev.berth.image.snapshot.ChainUnpack;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Pulls images: manifest, configuration, layers. Each layer is unpacked while it is being downloaded, several of them
 * side by side; nothing counts before its digest has been verified.
 */
public final class Puller {
    private final ImageStore store;
    private final RegistryOptions options;
    private final Platform platform;
    private final Semaphore downloads;

    /**
     * @param platform whose image is taken from an index unless another is asked for
     * @param downloads room for layers under way, of all pulls together
     */
    public Puller(ImageStore store, RegistryOptions options, Platform platform, Semaphore downloads) {
        this.store = store;
        this.options = options;
        this.platform = platform;
        this.downloads = downloads;
    }

    /**
     * Pulls what is asked for and gives it its names.
     *
     * @return the image; of several the last
     * @throws ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, INVALID, TOO_LARGE,
     *     NO_SPACE, NO_MATCHING_PLATFORM
     */
    public ImageRecord pull(PullRequest request, TransferListener listener) throws IOException {
        Reference reference = Reference.parse(request.reference());
        Progress progress = new Progress(listener);
        List<RegistryAddress> addresses = RegistryAddress.forReading(reference.domain(), options);
        for (RegistryAddress mirror : addresses.subList(0, addresses.size() - 1)) {
            try (RegistrySession session = RegistrySession.open(mirror, options, Credentials.ANONYMOUS)) {
                return pull(request, reference, session, progress);
            } catch (ImageException e) {
                if (e.kind() == ImageException.Kind.NO_SPACE) {
                    throw e;
                }
                progress.message("Mirror " + mirror.host() + " does not help, going on without: " + e.getMessage());
            }
        }
        try (RegistrySession session = RegistrySession.open(addresses.getLast(), options, request.credentials())) {
            return pull(request, reference, session, progress);
        }
    }

    private ImageRecord pull(PullRequest request, Reference reference, RegistrySession session, Progress progress)
            throws IOException {
        Repository repository = new Repository(session, reference);
        List<Reference> wanted = new ArrayList<>();
        if (request.allTags()) {
            for (String tag : repository.tags()) {
                wanted.add(reference.withTag(tag));
            }
        } else {
            wanted.add(reference.withDefaultTag());
        }
        Optional<ImageRecord> last = Optional.empty();
        boolean news = false;
        for (Reference each : wanted) {
            Pull pull = new Pull(repository, each, request.platform(), progress);
            last = Optional.of(pull.run());
            news |= pull.news;
        }
        String shown = request.allTags()
                ? reference.familiarRepository()
                : reference.withDefaultTag().familiar();
        progress.message(
                news ? "Status: Downloaded newer image for " + shown : "Status: Image is up to date for " + shown);
        return last.orElseThrow(() -> new ImageException(
                ImageException.Kind.NOT_FOUND, "repository " + reference.familiarRepository() + " has no tags"));
    }

    /** The pull of one tag or digest. */
    private final class Pull {
        private final Repository repository;
        private final Reference reference;
        private final Optional<Platform> asked;
        private final Progress progress;
        private boolean news;

        Pull(Repository repository, Reference reference, Optional<Platform> asked, Progress progress) {
            this.repository = repository;
            this.reference = reference;
            this.asked = asked;
            this.progress = progress;
        }

        ImageRecord run() throws IOException {
            String which =
                    reference.digest().map(Digest::toString).or(reference::tag).orElse("");
            Repository.Document top = repository.manifest(reference);
            progress.message(which, "Pulling from " + reference.path());
            ImageManifest manifest = repository.choose(reference, top, asked.orElse(platform));
            try (Session work = store.begin()) {
                Optional<ImageRecord> here =
                        store.catalog().image(manifest.config().digest());
                if (here.isPresent()) {
                    RemoteConfig.requirePlatform(
                            reference, asked, store.read(here.get().manifest()).config());
                }
                boolean whole = here.isPresent() && store.isWhole(here.get()); // a check may have removed damaged parts
                ImageRecord record = whole ? here.get() : fetch(manifest, work);
                news |= !whole;
                progress.message("Digest: " + top.digest());
                name(record, top);
                return record;
            }
        }

        private ImageRecord fetch(ImageManifest manifest, Session work) throws IOException {
            try {
                Downloads.fetchConfig(repository, store.content(), manifest, options.downloadAttempts());
                store.content().put(manifest.raw().bytes());
                ImageConfig config = store.readConfig(manifest);
                RemoteConfig.requirePlatform(reference, asked, config);
                return fetchLayers(new StoredImage(manifest, config), work);
            } catch (ImageException e) {
                forget(manifest, e, work);
                throw e;
            } catch (InterruptedIOException e) {
                forget(manifest, work);
                throw e;
            }
        }

        private ImageRecord fetchLayers(StoredImage image, Session work) throws IOException {
            List<Descriptor> layers = image.manifest().layers();
            try (ChainUnpack unpack = store.snapshots().begin(image.config().diffIds());
                    Downloads layersUnderWay = new Downloads(
                            repository, store.content(), progress, downloads, options.downloadAttempts())) {
                for (int i = 0; i < layers.size(); i++) {
                    Digest layer = layers.get(i).digest();
                    boolean here = unpack.isPresent(i) && store.content().has(layer);
                    progress.phase(layer, here ? TransferEvent.Phase.EXISTS : TransferEvent.Phase.PULLING);
                }
                Map<Digest, Downloads.Download> underWay = start(layers, unpack, layersUnderWay);
                for (int i = 0; i < layers.size(); i++) {
                    Digest layer = layers.get(i).digest();
                    unpack.await(i);
                    Downloads.Download download = underWay.get(layer);
                    if (download != null) {
                        Downloads.await(download.ended()); // it may be unpacked before its blob is on the disk
                    }
                    progress.leave(layer, TransferEvent.Phase.EXISTS, TransferEvent.Phase.PULLED);
                }
                return store.add(image, unpack);
            } catch (IOException e) {
                work.areTemporary(image.chain());
                throw e;
            }
        }

        /** Starts everything; gives the downloads that this needs. */
        private Map<Digest, Downloads.Download> start(List<Descriptor> layers, ChainUnpack unpack, Downloads downloads)
                throws IOException {
            Map<Digest, Downloads.Download> underWay = new HashMap<>();
            for (int i = 0; i < layers.size(); i++) {
                Descriptor layer = layers.get(i);
                if (!underWay.containsKey(layer.digest()) && !store.content().has(layer.digest())) {
                    underWay.put(layer.digest(), downloads.start(layer));
                }
                Downloads.Download download = underWay.get(layer.digest());
                if (download == null) {
                    unpack.unpack(i, layer, bytes -> extracting(layer, bytes));
                } else {
                    unpack.unpack(i, layer, Downloads.await(download.begun()), bytes -> {
                        if (download.ended().isDone()) { // until then, the download is what is shown
                            extracting(layer, bytes);
                        }
                    });
                }
            }
            return underWay;
        }

        private void extracting(Descriptor layer, long bytes) {
            progress.measure(layer.digest(), TransferEvent.Phase.EXTRACTING, bytes, layer.size());
        }

        /** Leaves to the next clean-up what has proved useless; the rest is there for the next attempt. */
        private void forget(ImageManifest manifest, ImageException e, Session work) {
            switch (e.kind()) {
                case INVALID, TOO_LARGE, NO_SPACE, NO_MATCHING_PLATFORM -> {
                    forget(manifest, work);
                }
                default -> work.isTemporary(manifest.raw().digest());
            }
        }

        private static void forget(ImageManifest manifest, Session work) {
            work.isTemporary(manifest.raw().digest());
            work.isTemporary(manifest.config().digest());
            manifest.layers().forEach(layer -> work.isTemporary(layer.digest()));
        }

        private void name(ImageRecord record, Repository.Document top) throws IOException {
            Optional<Descriptor> index = index(top);
            synchronized (store.catalog()) {
                if (reference.digest().isEmpty()) { // first, because the image stays from its first name on
                    news |= name(reference, record, index);
                }
                name(reference.withDigest(top.digest()), record, index);
            }
        }

        private boolean name(Reference name, ImageRecord record, Optional<Descriptor> index) throws IOException {
            return store.nameAll(name.toString(), List.of(record.id()), index, platform);
        }

        private Optional<Descriptor> index(Repository.Document top) throws IOException {
            if (!RemoteImage.isIndex(top)) {
                return Optional.empty();
            }
            ImageIndex index = ImageIndex.parse(top.bytes(), top.mediaType());
            store.content().put(top.bytes());
            return Optional.of(index.descriptor());
        }
    }
}
