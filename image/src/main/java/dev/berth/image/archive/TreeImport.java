package dev.berth.image.archive;

import dev.berth.image.ImportOptions;
import dev.berth.image.catalog.ImageRecord;
import dev.berth.image.catalog.ImageStore;
import dev.berth.image.catalog.Session;
import dev.berth.image.content.Ingest;
import dev.berth.image.layer.Compression;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import dev.berth.image.oci.ImageConfig;
import dev.berth.image.oci.MediaTypes;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes an image of one layer from the tar of a root file system. */
public final class TreeImport {
    private static final int BUFFER_BYTES = 128 << 10;

    private TreeImport() {}

    /** Takes in the tar, plain or compressed, as the layer it is; the stream is not closed. */
    public static ImageRecord add(ImageStore store, InputStream tar, ImportOptions options) throws IOException {
        try (Session session = store.begin()) {
            Descriptor layer = layer(store, tar, session);
            Digest diffId;
            try (InputStream in =
                    new BufferedInputStream(Files.newInputStream(store.content().path(layer.digest())))) {
                diffId = digest(in);
            }
            Instant now = Instant.now();
            ImageConfig config = ImageConfig.of(
                    now,
                    "",
                    options.comment(),
                    options.platform(),
                    options.config(),
                    List.of(diffId),
                    List.of(new History(now.toString(), "", "", options.comment(), false)));
            return store.add(
                    ImageDocuments.write(store.content(), session::isTemporary, config, List.of(layer)), session);
        }
    }

    /** Takes in a tar as a layer, compressed as it is where a layer may be so; the stream is not closed. */
    static Descriptor layer(ImageStore store, InputStream tar, Session session) throws IOException {
        InputStream whole = new BufferedInputStream(tar, BUFFER_BYTES);
        Optional<String> mediaType = Compression.detect(whole).layerType();
        Digest digest = ingest(store, mediaType.isPresent() ? whole : Compression.decompressed(whole), session);
        return new Descriptor(
                mediaType.orElse(MediaTypes.OCI_LAYER),
                digest,
                store.content().size(digest).orElseThrow());
    }

    private static Digest ingest(ImageStore store, InputStream tar, Session session) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (Ingest ingest = store.content().ingest()) {
            for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
                ingest.write(buffer, 0, n);
            }
            Digest digest = ingest.commit();
            session.isTemporary(digest);
            return digest;
        }
    }

    /** Of the content, decompressed. The unpacker, which has limits, checks it again. */
    private static Digest digest(InputStream blob) throws IOException {
        MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
        byte[] buffer = new byte[BUFFER_BYTES];
        InputStream content = Compression.decompressed(blob);
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            hasher.update(buffer, 0, n);
        }
        return Digest.finish(Digest.Algorithm.SHA256, hasher);
    }
}
