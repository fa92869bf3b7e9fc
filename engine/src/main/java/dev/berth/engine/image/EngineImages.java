package dev.berth.engine.image;

import dev.berth.image.Image;
import dev.berth.image.Images;
import dev.berth.image.ImportOptions;
import dev.berth.image.Loaded;
import dev.berth.image.Removed;
import dev.berth.image.oci.Platform;
import dev.berth.image.registry.PullRequest;
import dev.berth.image.registry.PushRequest;
import dev.berth.image.registry.TransferListener;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The images, with what the engine knows of them besides: who uses them, and who wants to hear of their changes.
 * Failures are the image module's own ({@link dev.berth.image.oci.ImageException}).
 */
public final class EngineImages {
    /** The images themselves, for what changes nothing: list, find, save. */
    public Images store() {
        throw new IllegalStateException("skeleton");
    }

    /** How many containers, running or not, are made of the image with this id. */
    public int containersOf(String imageId) {
        throw new IllegalStateException("skeleton " + imageId);
    }

    /** Fetches an image; tells of {@code pull}. As {@link Images#pull}. */
    public Image pull(PullRequest request, TransferListener listener) throws IOException {
        throw new IllegalStateException("skeleton " + request + listener);
    }

    /** Sends an image; tells of {@code push}. As {@link Images#push}. */
    public void push(PushRequest request, TransferListener listener) throws IOException {
        throw new IllegalStateException("skeleton " + request + listener);
    }

    /** Gives an image one more name; tells of {@code tag}. As {@link Images#tag}. */
    public Image tag(String nameOrId, String reference) throws IOException {
        throw new IllegalStateException("skeleton " + nameOrId + reference);
    }

    /** Removes a name, or the image with its last; tells of {@code untag} and {@code delete}. As {@link Images#remove}. */
    public List<Removed> remove(String nameOrId, boolean force) throws IOException {
        throw new IllegalStateException("skeleton " + nameOrId + force);
    }

    /** Takes in an archive; tells of {@code load}. As {@link Images#load}. */
    public List<Loaded> load(InputStream archive, Optional<Platform> platform, Consumer<Loaded> progress)
            throws IOException {
        throw new IllegalStateException("skeleton " + archive + platform + progress);
    }

    /** Makes an image of a tree; tells of {@code import}. As {@link Images#importTree}. */
    public Image importTree(InputStream tar, Optional<String> reference, ImportOptions options) throws IOException {
        throw new IllegalStateException("skeleton " + tar + reference + options);
    }
}
