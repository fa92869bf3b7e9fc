package dev.berth.image.archive;

import dev.berth.image.StepOptions;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.files.TreeSize;
import dev.berth.image.layer.LayerPacker;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.MediaTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Makes an image of what a build has come to: of the image before, and the changes of a step. */
public final class StepCommit {
    private final ImageStore store;
    private final Session session;
    private final List<Descriptor> layers = new ArrayList<>();
    private final List<Digest> diffIds = new ArrayList<>();
    private final BooleanSupplier unwanted;

    private StepCommit(ImageStore store, Session session, Optional<StoredImage> base, BooleanSupplier unwanted) {
        this.unwanted = unwanted;
        this.store = store;
        this.session = session;
        base.ifPresent(image -> {
            layers.addAll(image.manifest().layers());
            diffIds.addAll(image.config().diffIds());
        });
    }

    /**
     * Adds an image.
     *
     * @param base whose layers are the lowest; none for an image that begins with nothing
     * @param upper the overlay's directory of changes, which are taken away: nothing uses it any more; empty where the
     *     step changed no file
     * @param unwanted asked time and again
     * @throws java.io.InterruptedIOException where it is not wanted any more
     */
    public static ImageRecord add(
            ImageStore store,
            Optional<StoredImage> base,
            Optional<Path> upper,
            StepOptions options,
            BooleanSupplier unwanted)
            throws IOException {
        try (Session session = store.begin()) {
            StepCommit commit = new StepCommit(store, session, base, unwanted);
            boolean changed = upper.isPresent() && commit.addLayer(upper.get(), options);
            return commit.enter(options, changed);
        }
    }

    /**
     * Adds an image that was made elsewhere.
     *
     * @param layers whose blobs are in the content store
     */
    public static ImageRecord add(ImageStore store, ImageConfig config, List<Descriptor> layers) throws IOException {
        try (Session session = store.begin()) {
            return store.addStep(
                    ImageDocuments.write(store.content(), session::isTemporary, config, layers), session, () -> false);
        }
    }

    /** Gives whether there was something to add. */
    private boolean addLayer(Path upper, StepOptions options) throws IOException {
        Digest layer = LayerCommit.pack(store, upper, options.latest(), session, unwanted);
        if (layer.equals(LayerPacker.EMPTY)) {
            return false;
        }
        diffIds.add(layer);
        layers.add(new Descriptor(
                MediaTypes.OCI_LAYER, layer, store.content().size(layer).orElseThrow()));
        Digest chainId = ChainId.of(diffIds).getLast();
        session.areTemporary(List.of(chainId));
        if (options.latest().isEmpty()) { // else the files are not as they were packed, and are unpacked from the layer
            store.snapshots().adopt(chainId, upper, TreeSize.of(upper));
        }
        return true;
    }

    private ImageRecord enter(StepOptions options, boolean changed) throws IOException {
        List<History> history = new ArrayList<>(options.history());
        if (!changed && !history.isEmpty()) {
            History last = history.removeLast();
            history.add(new History(last.created(), last.author(), last.createdBy(), last.comment(), true));
        }
        ImageConfig config = ImageConfig.of(
                options.created(), options.author(), "", options.platform(), options.config(), diffIds, history);
        return store.addStep(
                ImageDocuments.write(store.content(), session::isTemporary, config, layers), session, unwanted);
    }
}
