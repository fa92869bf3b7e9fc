package dev.berth.image.content;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.util.Locale;

/** Tells a full disk from other failures, for the one thing a user can do about it. */
public final class DiskFull {
    private DiskFull() {}

    /** The failure itself, or one that says that the disk is full while this was being done. */
    public static IOException explain(IOException failure, String doing) {
        String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
        boolean full = message.contains("no space left") || message.contains("quota exceeded");
        return full && !(failure instanceof ImageException) ? exception(doing, failure) : failure;
    }

    /** The failure's words for a user. */
    public static ImageException exception(String doing, Exception cause) {
        return new ImageException(
                ImageException.Kind.NO_SPACE,
                doing + ": no space left on device. Free some space, for instance by removing images, and try again",
                cause);
    }
}
