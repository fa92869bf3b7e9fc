package dev.berth.image.snapshot;

import java.nio.file.Path;
import java.util.List;

/**
 * The directories of one container's root.
 *
 * @param lower the image's layers, read-only, the topmost first; at least one
 * @param upper takes the changes
 * @param work overlayfs's own, on the same file system
 */
public record WritableLayer(List<Path> lower, Path upper, Path work) {
    public WritableLayer {
        lower = List.copyOf(lower);
    }
}
