package dev.berth.image.registry;

import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.JsonObject;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is read from one repository of a registry (OCI distribution-spec, "Pull" and "Content discovery"). */
final class Repository {
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final Pattern NEXT_LINK = Pattern.compile("<([^>]+)>\\s*;.*rel=\"?next\"?.*");
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/.*");
    /** Types that say nothing: what such a manifest is, its document says. */
    private static final Set<String> VAGUE_TYPES =
            Set.of("", "application/json", "text/plain", "application/octet-stream");

    private final RegistrySession session;
    private final Reference name;

    /** A manifest or index as it came, its digest verified if it was asked for by digest. */
    record Document(byte[] bytes, String mediaType, Digest digest) {}

    Repository(RegistrySession session, Reference name) {
        this.session = session;
        this.name = name.withoutTagAndDigest();
    }

    /** Fetches the manifest or index of a reference's digest or else tag. */
    Document manifest(Reference reference) throws IOException {
        String which =
                reference.digest().map(Digest::toString).or(reference::tag).orElse(Reference.LATEST);
        String action = "pull manifest of " + reference.familiar();
        Call call = get("/manifests/" + which, action)
                .withHeader("Accept", String.join(", ", MediaTypes.ACCEPTED_MANIFESTS));
        try (Answer answer = session.send(call)) {
            if (answer.status() == NOT_FOUND) {
                throw new ImageException(
                        ImageException.Kind.NOT_FOUND,
                        "manifest for " + reference.familiar() + " not found: " + RegistryError.words(answer));
            }
            check(answer, action);
            byte[] bytes = answer.read(Limits.DEFAULT.manifestBytes(), "manifest of " + reference.familiar());
            return new Document(bytes, mediaType(answer, action), digest(reference, bytes));
        }
    }

    /**
     * The manifest for a platform.
     *
     * @param reference what was asked for
     * @param top what the registry has under it: a manifest, or an index of such
     * @throws ImageException NO_MATCHING_PLATFORM, INVALID
     */
    ImageManifest choose(Reference reference, Document top, Platform wanted) throws IOException {
        if (!RemoteImage.isIndex(top)) {
            return ImageManifest.parse(top.bytes(), top.mediaType());
        }
        ImageIndex index = ImageIndex.parse(top.bytes(), top.mediaType());
        Descriptor chosen = index.forPlatform(wanted)
                .orElseThrow(() -> new ImageException(
                        ImageException.Kind.NO_MATCHING_PLATFORM,
                        "no matching manifest for " + wanted + " in the manifest list entries of "
                                + reference.familiar() + "; there are: " + index.platforms()));
        Document document = manifest(reference.withDigest(chosen.digest()));
        if (document.bytes().length != chosen.size()) {
            throw ImageException.invalid("manifest " + chosen.digest() + " has " + document.bytes().length
                    + " bytes; the index says " + chosen.size());
        }
        return ImageManifest.parse(document.bytes(), chosen.mediaType());
    }

    /**
     * Begins to fetch a blob; the caller closes the answer.
     *
     * @param from where to begin; the answer may begin at 0 nevertheless, see {@link #start}
     */
    Answer blob(Digest digest, long from) throws IOException {
        String action = "pull blob " + digest + " of " + name.familiar();
        Call call = get("/blobs/" + digest, action);
        Answer answer = session.send(from == 0 ? call : call.withHeader("Range", "bytes=" + from + "-"));
        if (answer.status() == OK || (answer.status() == PARTIAL_CONTENT && from > 0)) {
            return answer;
        }
        try (answer) {
            throw refusal(answer, action);
        }
    }

    /** At which byte of a blob an answer's body begins. */
    static long start(Answer answer) throws ImageException {
        if (answer.status() != PARTIAL_CONTENT) {
            return 0;
        }
        Matcher range = CONTENT_RANGE.matcher(answer.header("Content-Range").orElse(""));
        if (!range.matches()) {
            throw ImageException.invalid(answer.uri().getHost() + " sends a part of a blob without saying which");
        }
        return Long.parseLong(range.group(1));
    }

    /** All tags, in the registry's order. */
    List<String> tags() throws IOException {
        String action = "list tags of " + name.familiar();
        LinkedHashSet<String> tags = new LinkedHashSet<>();
        Optional<URI> page = Optional.of(session.uri("/v2/" + name.path() + "/tags/list"));
        for (int pages = 0; page.isPresent(); pages++) {
            if (pages == RegistryLimits.TAG_PAGES) {
                throw ImageException.tooLarge(action + ": the list does not end");
            }
            try (Answer answer = session.send(Call.of("GET", page.get(), action, pullScope()))) {
                check(answer, action);
                tags.addAll(JsonObject.parse(answer.read(RegistryLimits.ANSWER_BYTES, "list of tags"), "list of tags")
                        .strings("tags"));
                page = nextPage(answer, "list of tags");
            }
            if (tags.size() > RegistryLimits.TAGS) {
                throw ImageException.tooLarge(action + ": there are more than " + RegistryLimits.TAGS);
            }
        }
        return new ArrayList<>(tags);
    }

    /** Where a list goes on, if it does (distribution-spec, "Listing Tags"). */
    static Optional<URI> nextPage(Answer answer, String list) throws ImageException {
        Matcher link = NEXT_LINK.matcher(answer.header("Link").orElse(""));
        if (!link.matches()) {
            return Optional.empty();
        }
        try {
            URI next = answer.uri().resolve(link.group(1));
            if (String.valueOf(answer.uri().getAuthority()).equals(next.getAuthority())) {
                return Optional.of(next);
            }
        } catch (IllegalArgumentException e) {
            throw new ImageException(ImageException.Kind.INVALID, list + " goes on at a malformed address", e);
        }
        throw ImageException.invalid(list + " goes on at another host");
    }

    private Call get(String path, String action) throws IOException {
        return Call.of("GET", session.uri("/v2/" + name.path() + path), action, pullScope());
    }

    private List<String> pullScope() {
        return List.of("repository:" + name.path() + ":pull");
    }

    private static String mediaType(Answer answer, String action) throws ImageException {
        String type = answer.mediaType();
        if (type.startsWith("application/vnd.docker.distribution.manifest.v1+")) {
            throw ImageException.invalid(
                    action + ": it has the manifest format of before 2016 (schema version 1), which"
                            + " is no longer read. Push the image anew with a current tool");
        }
        if (VAGUE_TYPES.contains(type)) {
            return "";
        }
        if (!MediaTypes.isIndex(type) && !MediaTypes.isManifest(type)) {
            throw ImageException.invalid(action + ": " + answer.uri().getHost() + " answers with \""
                    + RegistryError.printable(type) + "\", which is no image manifest's type");
        }
        return type;
    }

    private static Digest digest(Reference reference, byte[] bytes) throws ImageException {
        Digest.Algorithm algorithm = reference.digest().map(Digest::algorithm).orElse(Digest.Algorithm.SHA256);
        var hasher = algorithm.hasher();
        hasher.update(bytes);
        Digest actual = Digest.finish(algorithm, hasher);
        if (reference.digest().isPresent() && !reference.digest().get().equals(actual)) {
            throw ImageException.invalid("manifest of " + reference.familiar() + " has another content: its digest is "
                    + actual + ". The registry is damaged or lies");
        }
        return actual;
    }

    private void check(Answer answer, String action) throws ImageException {
        if (answer.status() != OK) {
            throw refusal(answer, action);
        }
    }

    private ImageException refusal(Answer answer, String action) {
        if (answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN) {
            return new ImageException(
                    RegistryError.kind(answer.status()),
                    "pull access denied for " + name.familiar() + ", repository does not exist or may require"
                            + " 'docker login': " + RegistryError.words(answer));
        }
        return RegistryError.of(answer, action);
    }
}
