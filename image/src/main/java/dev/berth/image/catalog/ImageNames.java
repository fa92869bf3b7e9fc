package dev.berth.image.catalog;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Which image people mean: by a name, a name with a digest, an ID, or the start of one. */
public final class ImageNames {
    private static final Pattern ID_PREFIX = Pattern.compile("(?:sha256:)?([0-9a-f]{1,64})");
    private static final int ID_HEX = 64;

    private final Catalog catalog;

    public ImageNames(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * The image that is meant, if it is here.
     *
     * @throws ImageException BAD_REQUEST for a malformed name, AMBIGUOUS for the start of several IDs
     */
    public Optional<ImageRecord> find(String nameOrId) throws IOException {
        var id = ID_PREFIX.matcher(nameOrId);
        if (id.matches() && (id.group(1).length() == ID_HEX || nameOrId.startsWith("sha256:"))) {
            return byPrefix(id.group(1));
        }
        Optional<ImageRecord> named = byName(Reference.parse(nameOrId));
        return named.isEmpty() && id.matches() ? byPrefix(id.group(1)) : named;
    }

    /**
     * All that the words stand for, if they are a name.
     *
     * @throws ImageException BAD_REQUEST for a malformed one
     */
    public Optional<NameRecord> entry(String nameOrId) throws IOException {
        if (ID_PREFIX.matcher(nameOrId).matches() && (nameOrId.length() == ID_HEX || nameOrId.startsWith("sha256:"))) {
            return Optional.empty();
        }
        return catalog.entry(key(Reference.parse(nameOrId)).toString());
    }

    /** The ID that the words are, if they are a whole one. */
    static Optional<Digest> id(String nameOrId) {
        var id = ID_PREFIX.matcher(nameOrId);
        return id.matches() && id.group(1).length() == ID_HEX
                ? Optional.of(new Digest(Digest.Algorithm.SHA256, id.group(1)))
                : Optional.empty();
    }

    /**
     * A name in full.
     *
     * @throws ImageException BAD_REQUEST for a malformed one
     */
    static String full(String name) throws ImageException {
        return key(Reference.parse(name)).toString();
    }

    private static Reference key(Reference reference) {
        return reference.digest().isPresent()
                ? reference.withDigest(reference.digest().get())
                : reference.withDefaultTag();
    }

    /** The image of a reference; of its digest where it has one. */
    public Optional<ImageRecord> byName(Reference reference) throws IOException {
        Optional<Digest> id = catalog.named(key(reference).toString());
        if (id.isEmpty() && reference.digest().isPresent()) {
            id = reference.digest().filter(digest -> isImage(digest)); // an image's ID serves as a digest too
        }
        return id.isPresent() ? catalog.image(id.get()) : Optional.empty();
    }

    private boolean isImage(Digest digest) {
        try {
            return catalog.image(digest).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private Optional<ImageRecord> byPrefix(String hex) throws IOException {
        List<ImageRecord> found = new ArrayList<>();
        for (ImageRecord record : catalog.images()) {
            if (record.id().hex().startsWith(hex)) {
                found.add(record);
            }
        }
        if (found.size() > 1) {
            throw new ImageException(
                    ImageException.Kind.AMBIGUOUS,
                    "the ID \"" + hex + "\" is the start of " + found.size() + " images' IDs: give more of it");
        }
        return found.stream().findFirst();
    }

    /** Whether the words are the image's ID or its start, rather than a name of it. */
    public static boolean isIdOf(String nameOrId, ImageRecord image) {
        String text = nameOrId.toLowerCase(Locale.ROOT);
        return image.id().toString().startsWith(text) || image.id().hex().startsWith(text);
    }

    /** The image's names, parsed. */
    public List<Reference> of(Digest id) throws IOException {
        List<Reference> names = new ArrayList<>();
        for (String name : catalog.names(id)) {
            names.add(Reference.parse(name));
        }
        return names;
    }
}
