package dev.berth.image.registry;

import dev.berth.image.content.ContentStore;
import dev.berth.image.content.IncomingBlob;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * The layers of one image on their way from a repository into the content store, a few at a time. One that breaks off
 * is taken up where it ended. Closing ends what is under way; what came so far is kept for the next attempt, unless
 * the thread was interrupted: then it goes, but for what another pull waits for. For one thread.
 */
final class Downloads implements AutoCloseable {
    private static final int BUFFER_BYTES = 64 << 10;

    private final Repository repository;
    private final ContentStore content;
    private final Progress progress;
    private final Semaphore slots;
    private final int attempts;
    private final List<Thread> threads = new ArrayList<>();
    private final List<CompletableFuture<Void>> done = new ArrayList<>();
    /** Whether nobody wants any of it any more, so that nothing is to stay. */
    private volatile boolean abandoned;

    /** A blob under way, for its other readers. */
    record Download(Descriptor layer, CompletableFuture<IncomingBlob> begun, CompletableFuture<Void> ended) {}

    /**
     * @param slots for how many downloads there is room, of all images together
     * @param attempts how often one is taken up without getting any further
     */
    Downloads(Repository repository, ContentStore content, Progress progress, Semaphore slots, int attempts) {
        this.repository = repository;
        this.content = content;
        this.progress = progress;
        this.slots = slots;
        this.attempts = attempts;
    }

    /** Fetches an image's configuration, which is small and not shown, unless it is here. */
    static void fetchConfig(Repository repository, ContentStore content, ImageManifest manifest, int attempts)
            throws IOException {
        Descriptor config = manifest.config();
        if (content.has(config.digest())) {
            return;
        }
        if (config.size() > Limits.DEFAULT.configBytes()) {
            throw ImageException.tooLarge("configuration " + config.digest() + " of manifest "
                    + manifest.raw().digest() + " is " + config.size() + " bytes long; at most "
                    + Limits.DEFAULT.configBytes() + " are read");
        }
        try (Downloads single =
                new Downloads(repository, content, new Progress(event -> {}), new Semaphore(1), attempts)) {
            single.start(config);
            single.await();
        }
    }

    /**
     * Waits until there is room for another download and starts it.
     *
     * @throws IOException why an earlier one failed
     */
    Download start(Descriptor layer) throws IOException {
        try {
            if (!slots.tryAcquire()) {
                progress.phase(layer.digest(), TransferEvent.Phase.WAITING);
                slots.acquire();
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        for (CompletableFuture<Void> earlier : done) {
            if (earlier.isCompletedExceptionally()) {
                await(earlier);
            }
        }
        Download download = new Download(layer, new CompletableFuture<>(), new CompletableFuture<>());
        done.add(download.ended);
        threads.add(Thread.ofVirtual().name("layer-download").start(() -> run(download)));
        return download;
    }

    /** Waits for all; fails as the first that failed. */
    void await() throws IOException {
        for (CompletableFuture<Void> each : done) {
            await(each);
        }
    }

    /** Waits for what a future gives; its failure is thrown as it is. */
    static <T> T await(CompletableFuture<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case ImageException known ->
                    new ImageException(known.kind(), String.valueOf(known.getMessage()), known);
                case null, default -> new IOException(String.valueOf(e.getCause()), e);
            };
        }
    }

    @Override
    public void close() {
        abandoned = Thread.currentThread().isInterrupted();
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true; // the blobs are to be closed first
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Download download) {
        try (IncomingBlob blob = IncomingBlob.begin(content, download.layer.digest(), download.layer.size())) {
            download.begun.complete(blob);
            try {
                if (!blob.isWhole()) {
                    fetch(download.layer, blob);
                    progress.phase(download.layer.digest(), TransferEvent.Phase.VERIFYING);
                    blob.commit();
                }
            } catch (IOException | RuntimeException e) {
                blob.fail(e instanceof IOException io ? io : new IOException(e.getMessage(), e));
                if (abandoned) {
                    blob.abandon();
                }
                throw e;
            }
            progress.phase(download.layer.digest(), TransferEvent.Phase.DOWNLOADED);
            download.ended.complete(null);
        } catch (IOException | RuntimeException e) {
            download.begun.completeExceptionally(e);
            download.ended.completeExceptionally(e);
        } finally {
            slots.release();
        }
    }

    private void fetch(Descriptor layer, IncomingBlob blob) throws IOException {
        int fruitless = 0;
        while (blob.offset() < layer.size()) {
            long before = blob.offset();
            Optional<IOException> broken;
            try (Answer answer = repository.blob(layer.digest(), before)) {
                broken = take(answer, layer, blob);
            }
            if (blob.offset() == layer.size() && broken.isEmpty()) {
                return;
            }
            fruitless = blob.offset() > before ? 0 : fruitless + 1;
            if (fruitless >= attempts) {
                throw new ImageException(
                        ImageException.Kind.UNAVAILABLE,
                        "pull blob " + layer.digest() + ": it breaks off after " + blob.offset() + " of " + layer.size()
                                + " bytes"
                                + broken.map(e -> ": " + e.getMessage()).orElse(""));
            }
            Wire.sleep(Wire.growing(fruitless + 1));
        }
    }

    /** Takes what comes; gives why it broke off, if it did. */
    private Optional<IOException> take(Answer answer, Descriptor layer, IncomingBlob blob) throws IOException {
        long start = Repository.start(answer);
        OptionalLong length = answer.length();
        if (start > blob.offset() || (length.isPresent() && start + length.getAsLong() != layer.size())) {
            throw ImageException.invalid("blob " + layer.digest() + " is sent with another size than the "
                    + layer.size() + " bytes it is announced with");
        }
        InputStream in = answer.body();
        byte[] buffer = new byte[BUFFER_BYTES];
        long unwanted = blob.offset() - start; // a registry that knows no ranges begins anew
        while (true) {
            int n;
            try {
                n = in.read(buffer);
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                return Optional.of(e);
            }
            if (n < 0) {
                return Optional.empty();
            }
            int skipped = (int) Math.min(unwanted, n);
            unwanted -= skipped;
            blob.write(buffer, skipped, n - skipped);
            progress.measure(layer.digest(), TransferEvent.Phase.DOWNLOADING, blob.offset(), layer.size());
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while layers were pulled");
    }
}
