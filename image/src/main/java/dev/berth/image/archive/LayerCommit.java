package dev.berth.image.archive;

import dev.berth.image.CommitOptions;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.catalog.StoredImage;
import dev.berth.image.content.Ingest;
import dev.berth.image.layer.LayerPacker;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Makes an image of another and the changes that a container has made to it. */
public final class LayerCommit {
    private static final int BUFFER_BYTES = 128 << 10;

    private LayerCommit() {}

    /**
     * Packs the changes as one more layer.
     *
     * @param upper the overlay's directory of changes
     */
    public static ImageRecord add(ImageStore store, StoredImage base, Path upper, CommitOptions options)
            throws IOException {
        try (Session session = store.begin()) {
            Digest layer = pack(store, upper, Optional.empty(), session, () -> false);
            Instant now = Instant.now();
            List<Digest> diffIds = new ArrayList<>(base.config().diffIds());
            diffIds.add(layer);
            List<History> history = new ArrayList<>(base.config().history());
            history.add(new History(now.toString(), options.author(), options.createdBy(), options.comment(), false));
            ImageConfig config = ImageConfig.of(
                    now,
                    options.author(),
                    options.comment(),
                    base.config().platform(),
                    options.config(),
                    diffIds,
                    history);
            List<Descriptor> layers = new ArrayList<>(base.manifest().layers());
            layers.add(new Descriptor(
                    MediaTypes.OCI_LAYER, layer, store.content().size(layer).orElseThrow()));
            return store.add(ImageDocuments.write(store.content(), session::isTemporary, config, layers), session);
        }
    }

    /**
     * Packs changes into the content store, for as long as the session is; no file's time is after the latest.
     *
     * @throws InterruptedIOException where it is not wanted any more
     */
    static Digest pack(
            ImageStore store, Path upper, Optional<Instant> latest, Session session, BooleanSupplier unwanted)
            throws IOException {
        try (Ingest ingest = store.content().ingest()) {
            try (OutputStream out = new BufferedOutputStream(whileWanted(ingest.stream(), unwanted), BUFFER_BYTES)) {
                LayerPacker.pack(upper, LayerPacker.Kind.OVERLAY_UPPER, latest, Limits.DEFAULT, out);
            }
            Digest digest = ingest.commit();
            session.isTemporary(digest);
            return digest;
        }
    }

    private static OutputStream whileWanted(OutputStream blob, BooleanSupplier unwanted) {
        return new FilterOutputStream(blob) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                if (unwanted.getAsBoolean()) {
                    throw new InterruptedIOException("interrupted while a layer was packed");
                }
                out.write(bytes, from, length);
            }
        };
    }
}
