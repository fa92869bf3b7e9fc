package dev.berth.image.layer;

import dev.berth.image.content.ContentStore;
import dev.berth.image.content.Ingest;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;

/**
 * A layer that was made here.
 *
 * @param blob compressed, as it is in the content store
 * @param diffId the digest of the tar within
 */
public record LayerBlob(Descriptor blob, Digest diffId) {
    private static final int BUFFER_BYTES = 128 << 10;

    /** Writes a layer's entries. */
    @FunctionalInterface
    public interface Entries {
        void writeTo(TarWriter tar) throws IOException;
    }

    /**
     * Writes a layer into the content store once more, compressed. The same layer gives the same blob, as with {@link #write}.
     *
     * @param plain a tar that is there
     * @param how NONE leaves it as it is
     * @param level as gzip and zstd count them; empty for the usual one
     */
    public static Descriptor compress(ContentStore content, Descriptor plain, Compression how, OptionalInt level)
            throws IOException {
        if (how == Compression.NONE) {
            return plain;
        }
        String type =
                how.layerType().orElseThrow(() -> new IllegalArgumentException("layers are not written as " + how));
        try (Ingest ingest = content.ingest()) {
            try (OutputStream compressed = how.compressing(ingest.stream(), level);
                    InputStream tar = Channels.newInputStream(content.open(plain.digest()))) {
                tar.transferTo(compressed);
            }
            long size = ingest.offset();
            return new Descriptor(type, ingest.commit(), size);
        }
    }

    /**
     * Writes a layer into the content store, compressed by gzip, whose header tells neither a time nor a name: the same
     * entries give the same blob (for one version of the JDK's zlib; the digest of the tar depends on nothing else).
     */
    public static LayerBlob write(ContentStore content, Entries entries) throws IOException {
        MessageDigest hasher = Digest.Algorithm.SHA256.hasher();
        try (Ingest ingest = content.ingest()) {
            try (OutputStream compressed = new GZIPOutputStream(ingest.stream(), BUFFER_BYTES);
                    OutputStream plain =
                            new BufferedOutputStream(new DigestOutputStream(compressed, hasher), BUFFER_BYTES);
                    TarWriter tar = new TarWriter(plain)) {
                entries.writeTo(tar);
            }
            long size = ingest.offset();
            Digest blob = ingest.commit();
            return new LayerBlob(
                    new Descriptor(MediaTypes.OCI_LAYER_GZIP, blob, size),
                    Digest.finish(Digest.Algorithm.SHA256, hasher));
        }
    }
}
