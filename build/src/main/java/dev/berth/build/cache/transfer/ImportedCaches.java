package dev.berth.build.cache.transfer;

import dev.berth.build.cache.BuildCache;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.StepOptions;
import dev.berth.image.catalog.Session;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * The caches that one build was given. Of each its document is read at the start. A step that is found in one is an image at
 * once, of which nothing is here but its configuration; its layers come when the image is first needed ({@link #settle}), side
 * by side with those below. Safe for use by many threads.
 */
public final class ImportedCaches implements AutoCloseable {
    private final Images images;
    private final BuildCache cache;
    private final List<ImportedCache> caches = new CopyOnWriteArrayList<>();
    private final List<CachePlace> places = new ArrayList<>();
    /** Images that are not here yet, by their ids. */
    private final Map<Digest, Pending> pending = new ConcurrentHashMap<>();

    private final Map<Digest, Download> downloads = new ConcurrentHashMap<>();

    private ImportedCaches(Images images, BuildCache cache) {
        this.images = images;
        this.cache = cache;
    }

    /** A layer under way. */
    private record Download(Thread thread, CompletableFuture<Void> end) {}

    /** What was found and is not here. */
    private record Pending(
            ImportedCache from,
            Digest key,
            Digest next,
            Image image,
            Optional<Descriptor> layer,
            Optional<Pending> below) {}

    /**
     * Reads what caches say. One that cannot be read is told of, and is none.
     *
     * @param cache where what they have is kept when it is needed
     * @param platforms whose images are meant of a cache that is an image of several
     * @param told what is being done, and what is wrong with a cache, by lines
     */
    public static ImportedCaches open(
            List<CacheSource> sources,
            CachePlaces places,
            Images images,
            BuildCache cache,
            List<Platform> platforms,
            Consumer<String> told)
            throws IOException {
        ImportedCaches imported = new ImportedCaches(images, cache);
        for (CacheSource source : sources) {
            imported.add(places.of(source), platforms, told);
        }
        return imported;
    }

    private void add(CachePlace place, List<Platform> platforms, Consumer<String> told) throws IOException {
        places.add(place);
        told.accept("Importing the build cache of " + place.name());
        try {
            caches.addAll(ImportedCache.open(place, platforms));
        } catch (InterruptedIOException e) {
            close();
            throw e;
        } catch (IOException e) {
            told.accept("WARNING: the build cache of " + place.name() + " is not used: " + e.getMessage());
        }
    }

    /**
     * What a step came to elsewhere when it was made of the same.
     *
     * @param base what it was done upon
     * @param wanted what an image of it is given here, its history with the step's entry; a date in it is one that is asked for
     * @param changesFiles whether the step may have a layer
     */
    public Optional<BuildCache.Found> find(Digest key, Optional<Image> base, StepOptions wanted, boolean changesFiles) {
        for (ImportedCache each : caches) {
            Optional<CacheStep> step = each.find(key);
            if (step.isPresent() && fits(step.get(), wanted, changesFiles)) {
                Pending found = promise(each, key, step.get(), base, wanted);
                return Optional.of(new BuildCache.Found(found.image(), found.next()));
            }
        }
        return Optional.empty();
    }

    private static boolean fits(CacheStep step, StepOptions wanted, boolean changesFiles) {
        boolean possible = step.times().size() == wanted.history().size()
                && (changesFiles || step.layer().isEmpty());
        boolean dated = wanted.latest().isEmpty()
                || (step.created().equals(wanted.created())
                        && step.times()
                                .equals(wanted.history().stream()
                                        .map(History::created)
                                        .toList()));
        return possible && dated;
    }

    private Pending promise(ImportedCache from, Digest key, CacheStep step, Optional<Image> base, StepOptions wanted) {
        Optional<CacheDocument.Layer> layer = from.layer(step);
        List<Descriptor> layers = new ArrayList<>(base.map(Image::layers).orElse(List.of()));
        List<Digest> diffIds =
                new ArrayList<>(base.map(image -> image.config().diffIds()).orElse(List.of()));
        layer.ifPresent(added -> {
            layers.add(added.blob());
            diffIds.add(added.diffId());
        });
        ImageConfig config = ImageConfig.of(
                step.created(),
                wanted.author(),
                "",
                wanted.platform(),
                wanted.config(),
                diffIds,
                history(step, wanted, layer.isPresent()));
        ImageManifest manifest = ImageManifest.of(
                MediaTypes.OCI_MANIFEST,
                Descriptor.of(MediaTypes.OCI_CONFIG, config.raw().bytes()),
                layers,
                Map.of());
        Pending found = new Pending(
                from,
                key,
                step.next(),
                new Image(config, manifest, List.of(), List.of(), 0, Optional.empty()),
                layer.map(CacheDocument.Layer::blob),
                base.flatMap(image -> Optional.ofNullable(pending.get(image.id()))));
        pending.putIfAbsent(found.image().id(), found);
        return found;
    }

    /** The history as it is here, with the times of what was made there. */
    private static List<History> history(CacheStep step, StepOptions wanted, boolean layered) {
        List<History> history = new ArrayList<>();
        for (int i = 0; i < wanted.history().size(); i++) {
            History own = wanted.history().get(i);
            boolean last = i == wanted.history().size() - 1;
            history.add(new History(
                    step.times().get(i),
                    own.author(),
                    own.createdBy(),
                    own.comment(),
                    last && !own.emptyLayer() ? !layered : own.emptyLayer()));
        }
        return history;
    }

    private Download download(CachePlace place, Descriptor layer) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("build-cache-layer").start(() -> {
            try (Session work = images.begin()) {
                place.fetch(layer);
                end.complete(null);
            } catch (IOException | RuntimeException e) {
                end.completeExceptionally(e);
            }
        });
        return new Download(thread, end);
    }

    /**
     * The image as one whose layers are here; it is kept in the builder's own cache from now on.
     *
     * @throws UnusableCacheException where the cache does not have what it has promised; it is not used any more
     */
    public Image settle(Image image) throws IOException {
        Pending found = pending.get(image.id());
        if (found == null) {
            return image;
        }
        for (Optional<Pending> each = Optional.of(found);
                each.isPresent();
                each = each.get().below()) {
            begin(each.get());
        }
        return settle(found);
    }

    private void begin(Pending found) throws IOException {
        if (found.layer().isPresent() && images.byId(found.image().id()).isEmpty()) {
            downloads.computeIfAbsent(
                    found.layer().get().digest(),
                    _ -> download(found.from().place(), found.layer().get()));
        }
    }

    private Image settle(Pending found) throws IOException {
        if (found.below().isPresent()) {
            settle(found.below().get());
        }
        synchronized (found) {
            Optional<Image> here = images.byId(found.image().id());
            if (here.isPresent()) {
                keep(found, here.get());
                return here.get();
            }
            try (Session work = images.begin()) {
                if (found.layer().isPresent()) {
                    work.isTemporary(found.layer().get().digest());
                    await(found.layer().get());
                    found.from().place().fetch(found.layer().get()); // where it was cleared up in between
                }
                Image made = images.step(found.image().config(), found.image().layers());
                keep(found, made);
                return made;
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (e instanceof ImageException known && known.kind() == ImageException.Kind.NO_SPACE) {
                    throw e;
                }
                caches.removeIf(each -> each.place() == found.from().place());
                throw new UnusableCacheException(found.from().place().name(), e);
            }
        }
    }

    /** Under the key that was asked for alone: others are the word of whoever wrote the cache. */
    private void keep(Pending found, Image made) throws IOException {
        if (!pending.remove(found.image().id(), found)) {
            return;
        }
        long bytes = found.layer().isEmpty() ? 0 : images.layerBytes(made).getLast();
        List<History> history = made.config().history();
        String description = history.isEmpty() ? "" : history.getLast().createdBy();
        cache.put(found.key(), found.next(), made, description, bytes);
    }

    private void await(Descriptor layer) throws IOException {
        Download download = downloads.get(layer.digest());
        if (download == null) {
            return;
        }
        try {
            download.end().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a layer of a build cache was fetched");
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case ImageException known ->
                    new ImageException(known.kind(), String.valueOf(known.getMessage()), known);
                case null, default -> new IOException("fetch layer " + layer.digest() + ": " + e.getCause(), e);
            };
        }
    }

    /** Ends what is under way; what was fetched and is not needed goes. */
    @Override
    public void close() throws IOException {
        downloads.values().forEach(download -> download.thread().interrupt());
        boolean interrupted = Thread.interrupted();
        for (Download download : downloads.values()) {
            while (download.thread().isAlive()) {
                try {
                    download.thread().join();
                } catch (InterruptedException e) {
                    interrupted = true; // the blobs are to be closed first
                }
            }
        }
        places.forEach(CachePlace::close);
        if (!downloads.isEmpty()) {
            try (Session work = images.begin()) {
                Set.copyOf(downloads.keySet()).forEach(work::isTemporary);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
