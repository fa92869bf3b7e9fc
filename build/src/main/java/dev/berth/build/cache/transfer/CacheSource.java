package dev.berth.build.cache.transfer;

import dev.berth.build.BuildException;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.Reference;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Where a build looks for what its steps came to on another host, or before. */
public sealed interface CacheSource {
    /** What a build has written to a registry, or an image with a cache in it. */
    record Registry(String reference) implements CacheSource {}

    /**
     * What a build has written to a folder.
     *
     * @param tag of several caches in it the one that is meant
     * @param digest of its manifest, in place of the tag
     */
    record Folder(Path directory, String tag, Optional<Digest> digest) implements CacheSource {}

    /** An image that is here, with a cache in it; nothing is fetched for it, as with the classic builder's {@code cachefrom}. */
    record LocalImage(String name) implements CacheSource {}

    /** Which of a folder's caches is meant where nobody says. */
    String USUAL_TAG = "latest";

    /**
     * Understands {@code type=registry,ref=…} and {@code type=local,id=…}.
     *
     * @param folders where a folder is that is called by an id
     * @throws BuildException INVALID
     */
    static CacheSource of(CacheAttributes attributes, Function<String, Path> folders) {
        return switch (attributes.type()) {
            case "registry" -> {
                attributes.only(Set.of("type", "ref"));
                yield new Registry(reference(attributes));
            }
            case "local" -> {
                attributes.only(Set.of("type", "id", "tag", "digest"));
                yield new Folder(
                        folders.apply(attributes.required("id")),
                        attributes.get("tag").orElse(USUAL_TAG),
                        attributes.get("digest").map(digest -> digest(attributes, digest)));
            }
            default -> throw attributes.wrong("type", "is none that is read: registry and local are");
        };
    }

    static String reference(CacheAttributes attributes) {
        try {
            return Reference.parse(attributes.required("ref")).withDefaultTag().familiar();
        } catch (ImageException e) {
            throw attributes.wrong("ref", "is no name of a repository: " + e.getMessage());
        }
    }

    private static Digest digest(CacheAttributes attributes, String text) {
        try {
            return Digest.parse(text);
        } catch (ImageException e) {
            throw attributes.wrong("digest", "is none");
        }
    }
}
