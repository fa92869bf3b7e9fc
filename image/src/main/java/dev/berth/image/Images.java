package dev.berth.image;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import dev.berth.image.registry.TransferListener;
import dev.berth.image.snapshot.WritableLayer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The images of one data root: what is here, by which names, and as which directories. The face of this module.
 *
 * <p>Opening is cheap; what is here is read when first asked for. Safe for use by many threads; one process a data
 * root, which the caller sees to. Names are taken as users type them ({@code debian}, {@code localhost:5000/x@sha256:…}).
 */
public final class Images implements AutoCloseable {
    private Images() {}

    /** Opens the images below the data root, which is made if it is missing. */
    public static Images open(Path dataRoot, ImageOptions options) throws IOException {
        throw new IOException("skeleton");
    }

    /** All images, the newest first. */
    public List<Image> list() throws IOException {
        throw new IOException("skeleton");
    }

    /**
     * The image of a name, a name with digest, or an ID of which the start suffices. The built-in {@code hello-world}
     * is there when it is asked for.
     *
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, BAD_REQUEST for a malformed name
     */
    public Image find(String nameOrId) throws IOException {
        throw new IOException("skeleton " + nameOrId);
    }

    /** The image of this ID, if it is here. */
    public Optional<Image> byId(Digest id) throws IOException {
        throw new IOException("skeleton " + id);
    }

    /**
     * Gives an image one more name, which another image loses if it had it.
     *
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, BAD_REQUEST
     */
    public Image tag(String nameOrId, String reference) throws IOException {
        throw new IOException("skeleton " + nameOrId + reference);
    }

    /**
     * Removes a name, and the image with its last one, as {@code docker rmi} does.
     *
     * @param force remove also what has several names or stopped containers
     * @param users who knows the containers
     * @return what was removed, in order
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, CONFLICT
     */
    public List<Removed> remove(String nameOrId, boolean force, ImageUser.Lookup users) throws IOException {
        throw new IOException("skeleton " + nameOrId + force + users);
    }

    /**
     * The image's layers as directories for overlayfs, the topmost first. Layers that are missing (after a power loss)
     * are unpacked anew.
     */
    public List<Path> lowerDirs(Image image) throws IOException {
        throw new IOException("skeleton " + image);
    }

    /**
     * Makes the directories that take a container's changes to the image, and keeps the image's layers for as long as
     * they exist.
     *
     * @param id the container's ID: letters, digits and {@code _.-}
     */
    public WritableLayer createWritable(String id, Image image) throws IOException {
        throw new IOException("skeleton " + image + id);
    }

    /** The directories made by {@link #createWritable}, if they are there. */
    public Optional<WritableLayer> writable(String id) throws IOException {
        throw new IOException("skeleton " + id);
    }

    /** Removes a container's directories with all they contain; gives whether they were there. */
    public boolean removeWritable(String id) throws IOException {
        throw new IOException("skeleton " + id);
    }

    /**
     * Takes in the images of an archive: of {@code docker save} in all its ages, or an OCI image layout, plain or
     * gzipped. From an index with several platforms the wanted one is taken.
     *
     * @param platform the wanted platform; empty for the store's own
     * @param progress told of each image as it is there
     * @throws dev.berth.image.oci.ImageException INVALID, TOO_LARGE, NO_SPACE, NO_MATCHING_PLATFORM; nothing of an
     *     image that failed stays
     */
    public List<Loaded> load(InputStream archive, Optional<Platform> platform, Consumer<Loaded> progress)
            throws IOException {
        throw new IOException("skeleton " + archive + platform + progress);
    }

    /**
     * Writes images as an archive: an OCI image layout that older Docker engines read as well. The stream is not
     * closed.
     *
     * @throws dev.berth.image.oci.ImageException NOT_FOUND, AMBIGUOUS, before anything is written
     */
    public void save(List<String> namesOrIds, OutputStream archive) throws IOException {
        throw new IOException("skeleton " + namesOrIds + archive);
    }

    /**
     * Makes an image of one layer from a tar of a root file system, plain or compressed ({@code docker import}).
     *
     * @param reference the name it is given, if any
     */
    public Image importTree(InputStream tar, Optional<String> reference, ImportOptions options) throws IOException {
        throw new IOException("skeleton " + tar + reference + options);
    }

    /**
     * Fetches an image from its registry, unless what is here is the same, and gives it the name.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE, INVALID,
     *     TOO_LARGE, NO_SPACE, NO_MATCHING_PLATFORM; blobs that came whole are kept for the next attempt
     */
    public Image pull(PullRequest request, TransferListener listener) throws IOException {
        throw new IOException("skeleton " + request + listener);
    }

    /**
     * Sends an image to the registry its name tells.
     *
     * @throws dev.berth.image.oci.ImageException BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, FORBIDDEN, UNAVAILABLE
     */
    public void push(PushRequest request, TransferListener listener) throws IOException {
        throw new IOException("skeleton " + request + listener);
    }

    /** Removes blobs and snapshots that no image and no container needs; gives the bytes freed. */
    public long prune() throws IOException {
        throw new IOException("skeleton");
    }

    /** Waits for work in the background. What was made stays. */
    @Override
    public void close() {}
}
