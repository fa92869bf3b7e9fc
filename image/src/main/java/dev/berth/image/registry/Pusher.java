package dev.berth.image.registry;

import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
                push(image.name, store.read(image.record.manifest()), target, progress);
            }
        }
    }

    private record Named(Reference name, ImageRecord record) {}

    /** The images that have a tag in a repository. */
    private List<Named> tagged(Reference repository) throws IOException {
        List<Named> tags = new ArrayList<>();
        for (ImageRecord record : store.catalog().images()) {
            for (Reference name : names(record)) {
                if (name.tag().isPresent() && name.repository().equals(repository.repository())) {
                    tags.add(new Named(name, record));
                }
            }
        }
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
        Optional<Digest> id = store.catalog().named(tag.toString());
        Optional<ImageRecord> record = id.isPresent() ? store.catalog().image(id.get()) : Optional.empty();
        return new Named(tag, record.orElseThrow(() -> missing(tag)));
    }

    private static ImageException missing(Reference reference) {
        return new ImageException(
                ImageException.Kind.NOT_FOUND,
                "An image does not exist locally with the tag: " + reference.familiarRepository());
    }

    private void push(Reference reference, StoredImage image, UploadTarget target, Progress progress)
            throws IOException {
        String tag = reference.tag().orElse(Reference.LATEST);
        pushLayers(reference, image, target, progress);
        Descriptor config = image.manifest().config();
        if (!target.has(config.digest())) {
            target.upload(config, Optional.empty(), bytes -> {});
        }
        target.put(image.manifest(), tag);
        Descriptor manifest = image.manifest().descriptor();
        store.catalog()
                .name(
                        reference.withDigest(manifest.digest()).toString(),
                        image.config().id());
        progress.message(tag + ": digest: " + manifest.digest() + " size: " + manifest.size());
        progress.pushed(tag, manifest.digest(), manifest.size());
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
