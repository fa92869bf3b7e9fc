package dev.berth.api.route;

import dev.berth.build.BuildException;
import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Archives that come in a request of their own, for a build that another request asks for; either may be the first. */
final class ContextUploads {
    /** How long the one waits for the other. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Map<String, Upload> uploads = new ConcurrentHashMap<>();

    private record Upload(CompletableFuture<InputStream> body, CountDownLatch taken, CountDownLatch read) {
        Upload() {
            this(new CompletableFuture<>(), new CountDownLatch(1), new CountDownLatch(1));
        }
    }

    /** Reads an archive. */
    interface Reading {
        void read(InputStream archive) throws IOException, InterruptedException;
    }

    /**
     * Gives an archive to its build, and returns when that has no more use for it.
     *
     * @throws EngineException INVALID where no build asks for it
     */
    void offer(String build, InputStream archive) {
        Upload upload = uploads.computeIfAbsent(build, _ -> new Upload());
        upload.body().complete(archive);
        try {
            if (!upload.taken().await(PATIENCE.toNanos(), TimeUnit.NANOSECONDS)) {
                throw EngineException.invalid("no build has asked for the context that was uploaded for " + build);
            }
            upload.read().await();
        } catch (InterruptedException e) {
            throw EngineException.failed("interrupted while a context was read", e);
        } finally {
            uploads.remove(build, upload);
        }
    }

    /**
     * Reads the archive that is there for a build, or is to come.
     *
     * @throws BuildException INVALID where none comes
     */
    void take(String build, Reading reading) throws IOException, InterruptedException {
        Upload upload = uploads.computeIfAbsent(build, _ -> new Upload());
        try {
            InputStream archive = upload.body().get(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            upload.taken().countDown();
            reading.read(archive);
        } catch (ExecutionException | TimeoutException e) {
            throw BuildException.invalid(
                    "the context was not uploaded: send it in a request with buildid=upload-request:" + build);
        } finally {
            uploads.remove(build, upload);
            upload.read().countDown();
        }
    }
}
