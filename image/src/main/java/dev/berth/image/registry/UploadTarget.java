package dev.berth.image.registry;

import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.RawJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is written to one repository of a registry (OCI distribution-spec, "Push"). */
final class UploadTarget {
    /** Blobs up to this size travel in one request; larger ones can be taken up when they break off. */
    private static final int MONOLITHIC_BYTES = 64 << 10;

    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int ACCEPTED = 202;
    private static final int NO_CONTENT = 204;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

    private final RegistrySession session;
    private final Reference name;
    private final ContentStore content;

    UploadTarget(RegistrySession session, Reference name, ContentStore content) {
        this.session = session;
        this.name = name.withoutTagAndDigest();
        this.content = content;
    }

    /** Whether the repository has the blob. */
    boolean has(Digest blob) throws IOException {
        String action = "look for blob " + blob + " in " + name.familiar();
        try (Answer answer = session.send(Call.of("HEAD", uri("/blobs/" + blob), action, scopes(Optional.empty())))) {
            return switch (answer.status()) {
                case OK -> true;
                case NOT_FOUND -> false;
                default -> throw refusal(answer, action);
            };
        }
    }

    /**
     * Sends a blob, unless the registry takes it over from another of its repositories.
     *
     * @param from a repository that may have it
     * @param progress told how many bytes are on their way
     * @return whether it was taken over
     */
    boolean upload(Descriptor blob, Optional<Reference> from, LongConsumer progress) throws IOException {
        String action = "push blob " + blob.digest() + " to " + name.familiar();
        Optional<URI> location = begin(blob.digest(), from, action);
        if (location.isEmpty()) {
            return true;
        }
        if (blob.size() <= MONOLITHIC_BYTES) {
            finish(location.get(), blob.digest(), content.read(blob.digest(), MONOLITHIC_BYTES), action);
        } else {
            finish(send(blob, location.get(), progress, action), blob.digest(), new byte[0], action);
        }
        return false;
    }

    /**
     * Puts a manifest or index, whose blobs are there.
     *
     * @param under a tag, or the document's digest
     */
    void put(String mediaType, RawJson document, String under) throws IOException {
        String separator = under.contains(":") ? "@" : ":";
        String action = "push manifest of " + name.familiar() + separator + under;
        Call call = Call.of("PUT", uri("/manifests/" + under), action, scopes(Optional.empty()))
                .withHeader("Content-Type", mediaType)
                .withBytes(document.bytes());
        try (Answer answer = session.send(call)) {
            if (answer.status() != CREATED && answer.status() != OK) {
                throw refusal(answer, action);
            }
        }
    }

    /** Asks for a place to send a blob to; there is none if the registry has taken it over. */
    private Optional<URI> begin(Digest blob, Optional<Reference> from, String action) throws IOException {
        String query = from.map(source -> "?mount=" + encode(blob.toString()) + "&from=" + encode(source.path()))
                .orElse("");
        Call call = Call.of("POST", uri("/blobs/uploads/" + query), action, scopes(from));
        try (Answer answer = session.send(call)) {
            return switch (answer.status()) {
                case CREATED -> Optional.empty();
                case ACCEPTED -> Optional.of(session.next(answer, action));
                default -> throw refusal(answer, action);
            };
        }
    }

    /** Sends a blob's bytes, taken up where they broke off; gives where to finish. */
    private URI send(Descriptor blob, URI begun, LongConsumer progress, String action) throws IOException {
        URI location = begun;
        long offset = 0;
        for (int attempt = 1; ; attempt++) {
            try (FileChannel file = content.open(blob.digest());
                    Answer answer = session.send(patch(blob, location, file, offset, progress, action))) {
                if (answer.status() == ACCEPTED || answer.status() == NO_CONTENT || answer.status() == CREATED) {
                    return session.next(answer, action);
                }
                ImageException refused = refusal(answer, action);
                if (refused.kind() != ImageException.Kind.UNAVAILABLE || attempt == RegistryLimits.UPLOADS) {
                    throw refused;
                }
            } catch (InterruptedIOException e) {
                throw e;
            } catch (ImageException e) {
                if (e.kind() != ImageException.Kind.UNAVAILABLE || attempt == RegistryLimits.UPLOADS) {
                    throw e;
                }
            }
            Wire.sleep(Wire.growing(attempt));
            long taken = taken(location, action);
            if (taken > 0 && taken <= blob.size()) {
                offset = taken;
            } else {
                offset = 0;
                location = begin(blob.digest(), Optional.empty(), action).orElse(begun);
            }
        }
    }

    private Call patch(
            Descriptor blob, URI location, FileChannel file, long offset, LongConsumer progress, String action) {
        long length = blob.size() - offset;
        Call call = Call.of("PATCH", location, action, scopes(Optional.empty()))
                .withHeader("Content-Type", "application/octet-stream")
                .withBody(() -> body(file, offset, length, progress), RegistryLimits.UPLOAD);
        return offset == 0 ? call : call.withHeader("Content-Range", offset + "-" + (blob.size() - 1));
    }

    private static BodyPublisher body(FileChannel file, long offset, long length, LongConsumer progress) {
        if (length == 0) {
            return BodyPublishers.noBody();
        }
        return BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> new FilePart(file, offset, progress)), length);
    }

    /** How many bytes of an upload have arrived; 0 if it is not known, or if none is worth to go on with. */
    private long taken(URI location, String action) throws IOException {
        try (Answer answer = session.send(Call.of("GET", location, action, scopes(Optional.empty())))) {
            Matcher range = RANGE.matcher(answer.header("Range").orElse(""));
            boolean known = answer.status() == NO_CONTENT
                    && range.matches()
                    && !range.group(1).equals("0");
            return known ? Long.parseLong(range.group(1)) + 1 : 0;
        }
    }

    private void finish(URI location, Digest blob, byte[] rest, String action) throws IOException {
        String separator = location.getRawQuery() == null ? "?" : "&";
        URI target = URI.create(location + separator + "digest=" + encode(blob.toString()));
        Call call = Call.of("PUT", target, action, scopes(Optional.empty()))
                .withHeader("Content-Type", "application/octet-stream")
                .withBody(() -> BodyPublishers.ofByteArray(rest), RegistryLimits.UPLOAD);
        try (Answer answer = session.send(call)) {
            if (answer.status() != CREATED && answer.status() != NO_CONTENT) {
                throw refusal(answer, action);
            }
        }
    }

    private URI uri(String path) throws IOException {
        return session.uri("/v2/" + name.path() + path);
    }

    private List<String> scopes(Optional<Reference> from) {
        List<String> scopes = new ArrayList<>();
        scopes.add("repository:" + name.path() + ":pull,push");
        from.ifPresent(source -> scopes.add("repository:" + source.path() + ":pull"));
        return scopes;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private ImageException refusal(Answer answer, String action) {
        if (answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN) {
            return new ImageException(
                    RegistryError.kind(answer.status()),
                    "push access denied for " + name.familiar() + ", 'docker login' may be required: "
                            + RegistryError.words(answer));
        }
        return RegistryError.of(answer, action);
    }

    /** A file from an offset on; the file is its owner's to close. */
    private static final class FilePart extends InputStream {
        private final FileChannel file;
        private final LongConsumer progress;
        private long position;

        FilePart(FileChannel file, long position, LongConsumer progress) {
            this.file = file;
            this.position = position;
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int from, int length) throws IOException {
            int n = file.read(ByteBuffer.wrap(bytes, from, length), position);
            position += Math.max(n, 0);
            progress.accept(position);
            return n;
        }
    }
}
