package dev.berth.image.registry;

import dev.berth.image.catalog.AnnotatedImages;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.NameRecord;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import dev.berth.image.oci.RawJson;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** Pushes images: the layers that the registry does not have, the configuration, and last the manifest under its tag. */
public final class Pusher {
    private final ImageStore store;
    private final RegistryOptions options;
    private final Semaphore room;

    /** @param uploads room for layers under way, of all pushes together */
    public Pusher(ImageStore store, RegistryOptions options, Semaphore uploads) {
        this.store = store;
        this.options = options;
        this.room = uploads;
    }

    /**
     * Pushes what is asked for.
     *
     * @throws ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE
     */
    public void push(PushRequest request, TransferListener listener) throws IOException {
        Reference reference = Reference.parse(request.reference());
        if (reference.digest().isPresent()) {
            throw new ImageException(ImageException.Kind.BAD_REQUEST, "cannot push a digest reference");
        }
        Progress progress = new Progress(listener);
        try (Session work = store.begin();
                RegistrySession session = RegistrySession.open(reference.domain(), options, request.credentials())) {
            List<Named> images = request.allTags() ? tagged(reference) : List.of(image(reference.withDefaultTag()));
            if (images.isEmpty()) {
                throw missing(reference);
            }
            progress.message("The push refers to repository [" + reference.repository() + "]");
            UploadTarget target = new UploadTarget(session, reference, store.content());
            for (Named image : images) {
                push(image, request, target, progress);
            }
        }
    }

    private record Named(Reference name, NameRecord entry) {}

    /** The images that have a tag in a repository. */
    private List<Named> tagged(Reference repository) throws IOException {
        List<Named> tags = new ArrayList<>();
        store.catalog().tagged(repository).forEach((name, entry) -> tags.add(new Named(name, entry)));
        return tags;
    }

    private List<Reference> names(ImageRecord record) throws IOException {
        List<Reference> names = new ArrayList<>();
        for (String name : store.catalog().names(record.id())) {
            names.add(Reference.parse(name));
        }
        return names;
    }

    private Named image(Reference tag) throws IOException {
        Optional<NameRecord> entry = store.catalog().entry(tag.toString());
        return new Named(tag, entry.orElseThrow(() -> missing(tag)));
    }

    private static ImageException missing(Reference reference) {
        return new ImageException(
                ImageException.Kind.NOT_FOUND,
                "An image does not exist locally with the tag: " + reference.familiarRepository());
    }

    private void push(Named named, PushRequest request, UploadTarget target, Progress progress) throws IOException {
        Optional<Platform> platform = request.platform();
        Optional<ImageIndex> index = platform.isPresent() ? Optional.empty() : wholeIndex(named.entry);
        if (!request.annotations().isEmpty()) {
            List<StoredImage> images =
                    index.isPresent() ? listed(named.entry, index.get()) : List.of(chosen(named, platform));
            push(named, AnnotatedImages.of(images, request.annotations()), target, progress);
            return;
        }
        if (index.isEmpty()) {
            StoredImage image = chosen(named, platform);
            pushBlobs(named.name, image, target, progress);
            finish(named, image.manifest().descriptor(), image.manifest().raw(), target, progress);
            if (platform.isEmpty() && !named.entry.variants().isEmpty()) {
                progress.message("Info -> Not all multiplatform-content is present and only the available"
                        + " single-platform image was pushed");
            }
            return;
        }
        for (Digest id : named.entry.images()) {
            StoredImage image = stored(id);
            pushBlobs(named.name, image, target, progress);
            target.put(
                    image.manifest().mediaType(),
                    image.manifest().raw(),
                    image.manifest().raw().digest().toString());
        }
        finish(named, index.get().descriptor(), index.get().raw(), target, progress);
    }

    /** The images of an index, in its order. */
    private List<StoredImage> listed(NameRecord entry, ImageIndex index) throws IOException {
        List<StoredImage> images = new ArrayList<>();
        for (Descriptor manifest : index.manifests()) {
            images.add(stored(imageOf(entry, manifest.digest())));
        }
        return images;
    }

    /** Pushes what is not in the store as it is pushed: of an index, nothing is remembered. */
    private void push(Named named, AnnotatedImages annotated, UploadTarget target, Progress progress)
            throws IOException {
        for (StoredImage image : annotated.images()) {
            pushBlobs(named.name, image, target, progress);
            if (annotated.index().isPresent()) {
                target.put(
                        image.manifest().mediaType(),
                        image.manifest().raw(),
                        image.manifest().raw().digest().toString());
            }
        }
        if (annotated.index().isEmpty()) {
            StoredImage only = annotated.images().getFirst();
            finish(named, only.manifest().descriptor(), only.manifest().raw(), target, progress);
            return;
        }
        ImageIndex index = annotated.index().get();
        put(named, index.descriptor(), index.raw(), target, progress);
    }

    private void put(Named named, Descriptor top, RawJson document, UploadTarget target, Progress progress)
            throws IOException {
        String tag = named.name.tag().orElse(Reference.LATEST);
        target.put(top.mediaType(), document, tag);
        progress.message(tag + ": digest: " + top.digest() + " size: " + top.size());
        progress.pushed(tag, top.digest(), top.size());
    }

    /** Puts what the tag is to stand for, and remembers its digest. */
    private void finish(Named named, Descriptor top, RawJson document, UploadTarget target, Progress progress)
            throws IOException {
        put(named, top, document, target, progress);
        boolean index = MediaTypes.isIndex(top.mediaType());
        store.name(
                index
                        ? named.entry.as(named.name.withDigest(top.digest()).toString())
                        : new NameRecord(
                                named.name.withDigest(top.digest()).toString(),
                                imageOf(named.entry, top.digest()),
                                Optional.empty(),
                                List.of()));
    }

    private Digest imageOf(NameRecord entry, Digest manifest) throws IOException {
        for (Digest id : entry.images()) {
            if (stored(id).manifest().raw().digest().equals(manifest)) {
                return id;
            }
        }
        return entry.image();
    }

    /** The index that the name stands for, if there are several platforms here and none is missing. */
    private Optional<ImageIndex> wholeIndex(NameRecord entry) throws IOException {
        if (entry.index().isEmpty() || entry.variants().isEmpty()) {
            return Optional.empty();
        }
        Descriptor descriptor = entry.index().get();
        ImageIndex index = ImageIndex.parse(
                store.content().read(descriptor.digest(), Limits.DEFAULT.manifestBytes()), descriptor.mediaType());
        Set<Digest> here = new HashSet<>();
        for (Digest id : entry.images()) {
            here.add(stored(id).manifest().raw().digest());
        }
        boolean whole = index.manifests().stream().allMatch(manifest -> here.contains(manifest.digest()));
        return whole ? Optional.of(index) : Optional.empty();
    }

    private StoredImage chosen(Named named, Optional<Platform> platform) throws IOException {
        for (Digest id : named.entry.images()) {
            StoredImage image = stored(id);
            if (platform.isEmpty() || platform.get().accepts(image.config().platform())) {
                return image;
            }
        }
        throw new ImageException(
                ImageException.Kind.NO_MATCHING_PLATFORM,
                "image with reference " + named.name.familiar() + " was found but does not provide the specified"
                        + " platform (" + platform.map(Platform::toString).orElse("") + ")");
    }

    private StoredImage stored(Digest id) throws IOException {
        return store.read(store.catalog()
                .image(id)
                .orElseThrow(() -> new ImageException(ImageException.Kind.NOT_FOUND, "No such image: " + id))
                .manifest());
    }

    private void pushBlobs(Reference reference, StoredImage image, UploadTarget target, Progress progress)
            throws IOException {
        pushLayers(reference, image, target, progress);
        Descriptor config = image.manifest().config();
        if (!target.has(config.digest())) {
            target.upload(config, Optional.empty(), bytes -> {});
        }
    }

    private void pushLayers(Reference reference, StoredImage image, UploadTarget target, Progress progress)
            throws IOException {
        List<Descriptor> layers = image.manifest().layers();
        List<Future<?>> uploads = new ArrayList<>();
        List<Digest> diffIds = image.config().diffIds();
        diffIds.forEach(diffId -> progress.phase(diffId, TransferEvent.Phase.PREPARING));
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("layer-upload").factory())) {
            try {
                for (int i = 0; i < layers.size(); i++) {
                    Descriptor layer = layers.get(i);
                    Digest shown = diffIds.get(i);
                    if (layers.indexOf(layer) == i) {
                        uploads.add(threads.submit(() -> {
                            room.acquire();
                            try {
                                pushLayer(reference, layer, shown, target, progress);
                            } finally {
                                room.release();
                            }
                            return null;
                        }));
                    }
                }
                for (Future<?> upload : uploads) {
                    await(upload);
                }
            } catch (IOException e) {
                threads.shutdownNow();
                throw e;
            }
        }
    }

    private void pushLayer(Reference reference, Descriptor layer, Digest shown, UploadTarget target, Progress progress)
            throws IOException {
        if (target.has(layer.digest())) {
            progress.phase(shown, TransferEvent.Phase.EXISTS_THERE);
            return;
        }
        boolean mounted = target.upload(
                layer,
                source(reference, layer),
                bytes -> progress.measure(shown, TransferEvent.Phase.PUSHING, bytes, layer.size()));
        progress.phase(shown, mounted ? TransferEvent.Phase.MOUNTED : TransferEvent.Phase.PUSHED);
    }

    /** Another repository of the registry that had the layer when an image was pulled from it or pushed to it. */
    private Optional<Reference> source(Reference target, Descriptor layer) throws IOException {
        for (ImageRecord record : store.catalog().images()) {
            for (Reference name : names(record)) {
                boolean elsewhereThere = name.digest().isPresent()
                        && name.domain().equals(target.domain())
                        && !name.path().equals(target.path());
                if (elsewhereThere && store.read(record.manifest()).blobs().contains(layer.digest())) {
                    return Optional.of(name);
                }
            }
        }
        return Optional.empty();
    }

    private static void await(Future<?> upload) throws IOException {
        try {
            upload.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while layers were pushed");
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case ImageException known ->
                    new ImageException(known.kind(), String.valueOf(known.getMessage()), known);
                case null, default -> new IOException("push a layer: " + e.getCause(), e);
            };
        }
    }
}
