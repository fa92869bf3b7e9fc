package dev.berth.image.registry;

import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.RawJson;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * What a name stands for in its registry, read and written as a document and blobs: it need not be an image. Safe for use by
 * many threads; whoever opened it closes it.
 */
public final class RemoteArtifact implements AutoCloseable {
    private final Reference reference;
    private final RegistrySession session;
    private final Repository repository;
    private final UploadTarget target;
    private final ContentStore content;
    private final RegistryOptions options;
    private final Semaphore downloads;
    private final Semaphore uploads;

    private RemoteArtifact(
            Reference reference,
            RegistrySession session,
            ContentStore content,
            RegistryOptions options,
            Semaphore downloads,
            Semaphore uploads) {
        this.reference = reference;
        this.session = session;
        this.repository = new Repository(session, reference);
        this.target = new UploadTarget(session, reference, content);
        this.content = content;
        this.options = options;
        this.downloads = downloads;
        this.uploads = uploads;
    }

    /** A document as the registry has it: a manifest, or an index of such. */
    public record Document(String mediaType, byte[] bytes) {}

    /**
     * What a name stands for; nothing is sent yet.
     *
     * @param content where blobs go to, and come from
     * @param downloads room for blobs on their way here
     * @param uploads room for blobs on their way there
     * @throws ImageException BAD_REQUEST if the options for this registry can't be used
     */
    public static RemoteArtifact open(
            Reference reference,
            RegistryOptions options,
            Credentials credentials,
            ContentStore content,
            Semaphore downloads,
            Semaphore uploads)
            throws ImageException {
        return new RemoteArtifact(
                reference,
                RegistrySession.open(reference.domain(), options, credentials),
                content,
                options,
                downloads,
                uploads);
    }

    /** @throws ImageException NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, INVALID, TOO_LARGE */
    public Document document() throws IOException {
        Repository.Document document = repository.manifest(reference);
        return new Document(document.mediaType(), document.bytes());
    }

    /** A document that an index speaks of, as {@link #document()}. */
    public Document document(Digest manifest) throws IOException {
        Repository.Document document = repository.manifest(reference.withDigest(manifest));
        return new Document(document.mediaType(), document.bytes());
    }

    /**
     * A small blob's bytes, verified.
     *
     * @throws ImageException also TOO_LARGE, INVALID if it is another one
     */
    public byte[] read(Descriptor blob, int limitBytes) throws IOException {
        try (Answer answer = repository.blob(blob.digest(), 0)) {
            byte[] bytes = answer.read(limitBytes, "blob " + blob.digest());
            var hasher = blob.digest().algorithm().hasher();
            hasher.update(bytes);
            if (!Digest.finish(blob.digest().algorithm(), hasher).equals(blob.digest())) {
                throw ImageException.invalid("blob " + blob.digest() + " of " + reference.familiar()
                        + " has another content. The registry is damaged or lies");
            }
            return bytes;
        }
    }

    /** Takes a blob into the content store, verified, unless it is there. */
    public void fetch(Descriptor blob) throws IOException {
        try (Downloads single =
                new Downloads(repository, content, new Progress(event -> {}), downloads, options.downloadAttempts())) {
            single.start(blob);
            single.await();
        }
    }

    /** Whether the registry has a blob. */
    public boolean has(Digest blob) throws IOException {
        return target.has(blob);
    }

    /** Sends a blob that is in the content store. */
    public void upload(Descriptor blob) throws IOException {
        try {
            uploads.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while blobs were pushed");
        }
        try {
            target.upload(blob, Optional.empty(), bytes -> {});
        } finally {
            uploads.release();
        }
    }

    /** Has the name stand for a manifest, whose blobs are there. */
    public void put(String mediaType, RawJson manifest) throws IOException {
        target.put(mediaType, manifest, reference.tag().orElse(Reference.LATEST));
    }

    @Override
    public void close() {
        session.close();
    }
}
