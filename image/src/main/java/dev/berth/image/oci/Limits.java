package dev.berth.image.oci;

import java.time.Duration;

/**
 * How much of anything this module takes from outside: large enough for every image in the wild by an order of
 * magnitude, small enough that no input takes the host down.
 *
 * @param manifestBytes a manifest's or index's size; registries commonly refuse more than 4 MiB
 * @param configBytes an image configuration's size
 * @param jsonDepth how deep JSON may nest
 * @param layers layers an image may have; overlayfs takes 500, Docker 127
 * @param blobBytes a blob's size
 * @param layerBytes a layer's size once decompressed
 * @param compressionRatio how many bytes may come out of one compressed byte (deflate's ceiling is 1032), counted
 *     only beyond {@code ratioGraceBytes}
 * @param ratioGraceBytes decompressed bytes up to which the ratio does not count: small layers of zeros are harmless
 * @param entries entries of one layer
 * @param pathBytes length of a path in a layer; the kernel's PATH_MAX less its terminator
 * @param nameBytes length of one component of a path; the kernel's NAME_MAX
 * @param depth how many components a path in a layer may have
 * @param extendedHeaderBytes size of one PAX or GNU long-name header
 * @param xattrBytes size of an extended attribute's value; the kernel's XATTR_SIZE_MAX
 * @param xattrs extended attributes of one file
 * @param sparseSegments data segments of one sparse file
 * @param ingestKept how long the start of a blob that was not finished is kept to be resumed
 */
public record Limits(
        int manifestBytes,
        int configBytes,
        int jsonDepth,
        int layers,
        long blobBytes,
        long layerBytes,
        int compressionRatio,
        long ratioGraceBytes,
        int entries,
        int pathBytes,
        int nameBytes,
        int depth,
        int extendedHeaderBytes,
        int xattrBytes,
        int xattrs,
        int sparseSegments,
        Duration ingestKept) {
    /** What an engine works with. */
    public static final Limits DEFAULT = new Limits(
            4 << 20,
            8 << 20,
            64,
            127,
            1L << 40,
            256L << 30,
            400,
            64L << 20,
            5_000_000,
            4095,
            255,
            1024,
            1 << 20,
            64 << 10,
            128,
            1 << 16,
            Duration.ofDays(1));

    /** These limits with another one for decompressed layers, in bytes. */
    public Limits withLayerBytes(long bytes) {
        return new Limits(
                manifestBytes,
                configBytes,
                jsonDepth,
                layers,
                blobBytes,
                bytes,
                compressionRatio,
                ratioGraceBytes,
                entries,
                pathBytes,
                nameBytes,
                depth,
                extendedHeaderBytes,
                xattrBytes,
                xattrs,
                sparseSegments,
                ingestKept);
    }
}
