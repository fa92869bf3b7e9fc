package dev.berth.image.layer;

import dev.berth.image.content.DiskFull;
import dev.berth.image.oci.ImageException;
import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import java.io.IOException;

/** What the kernel's refusal means while a tree of files is made or read. */
final class Refusals {
    private Refusals() {}

    static IOException explain(LinuxException e, String doing) {
        if (e.is(Errno.ENOSPC) || e.is(Errno.EDQUOT)) {
            return DiskFull.exception(doing, e);
        }
        boolean archivesFault = e.is(Errno.EEXIST)
                || e.is(Errno.ENOTDIR)
                || e.is(Errno.EISDIR)
                || e.is(Errno.ELOOP)
                || e.is(Errno.ENOENT)
                || e.is(Errno.ENAMETOOLONG)
                || e.is(Errno.EINVAL)
                || e.is(Errno.ERANGE)
                || e.is(Errno.E2BIG)
                || e.is(Errno.EFBIG)
                || e.is(Errno.EMLINK);
        return archivesFault
                ? new ImageException(ImageException.Kind.INVALID, doing + ": " + e.reason(), e)
                : new IOException(e.getMessage(), e);
    }
}
