package dev.berth.image.layer;

import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.OpenFile;
import dev.berth.linux.file.OverlayOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How overlayfs marks that a layer hides what is below (Documentation/filesystems/overlayfs.rst, "whiteouts and opaque
 * directories"), and how layer archives do (OCI image-spec, layer.md, "Whiteouts").
 */
final class OverlayMarks {
    /** Before the name of what is removed, in an archive. */
    static final String WHITEOUT_PREFIX = ".wh.";
    /** Before names that are the archive's own marks and no file's. */
    static final String META_PREFIX = ".wh..wh.";
    /** In a directory of which nothing below shows through, in an archive. */
    static final String OPAQUE_NAME = ".wh..wh..opq";

    private static final byte[] YES = "y".getBytes(StandardCharsets.US_ASCII);

    private OverlayMarks() {}

    static boolean isWhiteout(FileStatus status) {
        return status.type() == FileStatus.CHARACTER_DEVICE && status.rdevMajor() == 0 && status.rdevMinor() == 0;
    }

    static void makeWhiteout(Directory parent, String name) {
        parent.makeNode(name, FileStatus.CHARACTER_DEVICE, 0, 0);
    }

    static boolean isOpaque(Directory directory) {
        return new Attributes(directory)
                .get(".", OverlayOptions.opaque())
                .filter(value -> Arrays.equals(value, YES))
                .isPresent();
    }

    static void makeOpaque(Directory directory) {
        new OpenFile(directory.fd(), directory.path()).setAttribute(OverlayOptions.opaque(), YES);
    }

    /**
     * Whether an attribute may come from an archive or go into one. Overlayfs's own are its private language, with
     * which a layer could redirect a directory elsewhere; security labels belong to a host's policy.
     */
    static boolean isPortable(String attribute) {
        return !attribute.startsWith("trusted.overlay.")
                && !attribute.startsWith("user.overlay.")
                && !attribute.equals("security.selinux")
                && !attribute.equals("security.ima")
                && !attribute.equals("security.evm");
    }
}
