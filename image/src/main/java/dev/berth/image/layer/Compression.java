package dev.berth.image.layer;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.tar.ByteSource;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * How a layer or archive is compressed. Its first bytes say so, as Docker has it: registries hold layers whose media
 * type is wrong. A tar always says that it is one, so that no name of a first file can pass for a compression.
 */
public enum Compression {
    NONE,
    GZIP,
    ZSTD,
    BZIP2,
    XZ;

    /** How many bytes tell. */
    static final int HEAD_BYTES = 512;

    private static final int BUFFER_BYTES = 128 << 10;
    /** What the strongest of xz's usual settings takes, and half as much again. */
    private static final int XZ_MEMORY_KIB = 100 << 10;

    private static final int TAR_MAGIC_AT = 257;

    static Compression detect(byte[] head, int length) {
        if (has(head, length, TAR_MAGIC_AT, 'u', 's', 't', 'a', 'r')) {
            return NONE;
        }
        if (has(head, length, 0, 0x1f, 0x8b, 0x08)) {
            return GZIP;
        }
        boolean skippableFrame = length > 0 && (head[0] & 0xf0) == 0x50 && has(head, length, 1, 0x2a, 0x4d, 0x18);
        if (skippableFrame || has(head, length, 0, 0x28, 0xb5, 0x2f, 0xfd)) {
            return ZSTD;
        }
        if (has(head, length, 0, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            return XZ;
        }
        return has(head, length, 0, 'B', 'Z', 'h') ? BZIP2 : NONE;
    }

    /** Looks at a stream's start without consuming it; the stream must support marks. */
    public static Compression detect(InputStream in) throws IOException {
        in.mark(HEAD_BYTES);
        byte[] head = new byte[HEAD_BYTES];
        int length = in.readNBytes(head, 0, HEAD_BYTES);
        in.reset();
        return detect(head, length);
    }

    /** The media type of a layer that is so compressed; empty where there is none, and no layer may be. */
    public Optional<String> layerType() {
        return switch (this) {
            case NONE -> Optional.of(MediaTypes.OCI_LAYER);
            case GZIP -> Optional.of(MediaTypes.OCI_LAYER_GZIP);
            case ZSTD -> Optional.of(MediaTypes.OCI_LAYER_ZSTD);
            case BZIP2, XZ -> Optional.empty();
        };
    }

    /** The stream's content, decompressed; closing it closes the stream. */
    InputStream open(InputStream in) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER_BYTES);
            case ZSTD -> new ZstdInputStreamNoFinalizer(in).setContinuous(false);
            case BZIP2 -> new BZip2CompressorInputStream(in, true);
            case XZ -> new XZInputStream(in, XZ_MEMORY_KIB);
        };
    }

    /**
     * Compresses what is written to it; closing it closes the stream.
     *
     * @param level as the program of that name counts them; empty for the usual one
     * @throws IllegalArgumentException for what layers are not written as, or a level that there is not
     */
    OutputStream compressing(OutputStream out, OptionalInt level) throws IOException {
        return switch (this) {
            case NONE -> out;
            case GZIP ->
                new GZIPOutputStream(out, BUFFER_BYTES) {
                    {
                        def.setLevel(level.orElse(Deflater.DEFAULT_COMPRESSION));
                    }
                };
            case ZSTD -> new ZstdOutputStreamNoFinalizer(out, level.orElse(Zstd.defaultCompressionLevel()));
            case BZIP2, XZ -> throw new IllegalArgumentException("layers are not written as " + this);
        };
    }

    /** The stream's content, decompressed if it is compressed in any of the ways known. */
    public static InputStream decompressed(InputStream in) throws IOException {
        PushbackInputStream whole =
                new PushbackInputStream(in, HEAD_BYTES); // no buffer that all bytes are copied through
        byte[] head = new byte[HEAD_BYTES];
        int length = whole.readNBytes(head, 0, HEAD_BYTES);
        whole.unread(head, 0, length);
        Compression compression = detect(head, length);
        return compression.open(compression == NONE ? whole : new BufferedInputStream(whole, BUFFER_BYTES));
    }

    /**
     * The stream's content as {@link #decompressed(InputStream)} gives it, in pieces; of a stream that is a channel,
     * and not compressed, they are read straight into the buffer.
     *
     * @param buffer in native memory, used for these pieces and else not
     */
    static ByteSource decompressed(InputStream in, ByteBuffer buffer) throws IOException {
        if (!(in instanceof ReadableByteChannel channel)) {
            return ByteSource.of(decompressed(in));
        }
        byte[] head = in.readNBytes(HEAD_BYTES);
        return detect(head, head.length) == NONE
                ? ByteSource.of(head, channel, buffer)
                : ByteSource.of(decompressed(new SequenceInputStream(new ByteArrayInputStream(head), in)));
    }

    /** What a decompressor's failure means. */
    ImageException damaged(IOException cause) {
        return new ImageException(
                ImageException.Kind.INVALID,
                "damaged " + name().toLowerCase(Locale.ROOT) + " data: " + cause.getMessage(),
                cause);
    }

    private static boolean has(byte[] head, int length, int at, int... magic) {
        if (length < at + magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[at + i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
