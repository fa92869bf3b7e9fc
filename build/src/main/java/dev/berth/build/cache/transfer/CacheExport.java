package dev.berth.build.cache.transfer;

import dev.berth.build.BuildException;
import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.catalog.Session;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.RawJson;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Writes what the steps of a build came to: their layers, those first that are missing there, and last the manifest. */
public final class CacheExport {
    private final Images images;
    private final CompressedLayers compressed;
    private final CachePlaces places;
    /** Layers that are compressed at the same time. */
    private final Semaphore processors =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors()));

    public CacheExport(Images images, CompressedLayers compressed, CachePlaces places) {
        this.images = images;
        this.compressed = compressed;
        this.places = places;
    }

    /**
     * Writes a cache; nothing happens for one that is in the image itself.
     *
     * @param steps whose images are all here
     * @param told what is being done, by lines
     * @throws BuildException FAILED where it cannot be written, and that matters
     */
    public void write(CacheTarget target, List<StepRecords.Step> steps, Consumer<String> told) throws IOException {
        CacheTarget.Manner manner = switch (target) {
            case CacheTarget.Registry registry -> registry.manner();
            case CacheTarget.Folder folder -> folder.manner();
            case CacheTarget.Inline _ -> CacheTarget.Manner.USUAL;
        };
        Optional<CachePlace> place = places.of(target);
        if (place.isEmpty()) {
            return;
        }
        try (CachePlace there = place.get();
                Session work = images.begin()) {
            told.accept("Exporting the build cache to " + there.name());
            write(there, manner, steps, work);
            compressed.tidy();
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            String message = "exporting the build cache to " + place.get().name() + " failed: " + e.getMessage();
            if (!manner.ignoreErrors()) {
                throw BuildException.failed(message, e);
            }
            told.accept("WARNING: " + message);
        }
    }

    private void write(CachePlace place, CacheTarget.Manner manner, List<StepRecords.Step> steps, Session work)
            throws IOException {
        Map<Digest, Descriptor> layers = new LinkedHashMap<>();
        for (StepRecords.Step step : steps) {
            if (step.layered()) {
                layers.putIfAbsent(
                        step.image().config().diffIds().getLast(),
                        step.image().layers().getLast());
            }
        }
        List<Digest> diffIds = List.copyOf(layers.keySet());
        List<Descriptor> blobs = upload(place, manner, List.copyOf(layers.values()), work);
        List<CacheDocument.Layer> written = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            written.add(new CacheDocument.Layer(blobs.get(i), diffIds.get(i)));
        }
        CacheDocument document = new CacheDocument(
                written,
                steps.stream()
                        .map(step -> step(
                                step,
                                step.layered()
                                        ? diffIds.indexOf(
                                                step.image().config().diffIds().getLast())
                                        : 0))
                        .toList());
        byte[] config = document.config();
        if (blobs.isEmpty()) {
            put(place, MediaTypes.OCI_EMPTY, CacheDocument.nothing(), work);
        }
        put(place, CacheDocument.CONFIG_TYPE, config, work);
        RawJson manifest = document.manifest(config);
        place.put(manifest);
    }

    /** A step as others are told. */
    static CacheStep step(StepRecords.Step step, int layer) {
        Image image = step.image();
        List<History> history = image.config().history();
        String description = history.isEmpty() ? "" : history.getLast().createdBy();
        return new CacheStep(
                step.keys(),
                step.next(),
                step.layered() ? OptionalInt.of(layer) : OptionalInt.empty(),
                image.created(),
                history.stream().map(History::created).toList(),
                description.substring(0, Math.min(description.length(), CacheStep.DESCRIPTION_CHARS)));
    }

    private void put(CachePlace place, String type, byte[] bytes, Session work) throws IOException {
        Descriptor blob = Descriptor.of(type, bytes);
        if (!place.has(blob.digest())) {
            work.isTemporary(images.content().put(bytes));
            place.upload(blob);
        }
    }

    /** Gives what the layers are there. */
    private List<Descriptor> upload(CachePlace place, CacheTarget.Manner manner, List<Descriptor> layers, Session work)
            throws IOException {
        List<Future<Descriptor>> uploads = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("build-cache-layer").factory())) {
            try {
                layers.forEach(layer -> uploads.add(threads.submit(() -> upload(place, manner, layer, work))));
                List<Descriptor> done = new ArrayList<>();
                for (Future<Descriptor> upload : uploads) {
                    done.add(upload.get());
                }
                return done;
            } catch (InterruptedException e) {
                threads.shutdownNow();
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while a build cache was written");
            } catch (ExecutionException e) {
                threads.shutdownNow();
                throw e.getCause() instanceof IOException known
                        ? known
                        : new IOException("a layer could not be written: " + e.getCause(), e);
            }
        }
    }

    private Descriptor upload(CachePlace place, CacheTarget.Manner manner, Descriptor layer, Session work)
            throws IOException, InterruptedException {
        Optional<Descriptor> known = compressed.known(layer, manner);
        if (known.isPresent() && place.has(known.get().digest())) {
            return known.get();
        }
        Descriptor blob = known.isPresent() && images.content().has(known.get().digest())
                ? known.get()
                : compress(layer, manner, work);
        if (!place.has(blob.digest())) {
            place.upload(blob);
        }
        return blob;
    }

    private Descriptor compress(Descriptor layer, CacheTarget.Manner manner, Session work)
            throws IOException, InterruptedException {
        processors.acquire();
        try {
            Descriptor blob = compressed.make(layer, manner);
            synchronized (work) {
                work.isTemporary(blob.digest());
            }
            return blob;
        } finally {
            processors.release();
        }
    }
}
