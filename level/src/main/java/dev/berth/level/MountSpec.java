package dev.berth.level;

import java.nio.file.Path;
import java.util.List;

/** Something mounted into a sandbox at an absolute path inside it. The mount point is made when missing. */
public sealed interface MountSpec {
    /** The absolute path inside. */
    String target();

    /**
     * A file or directory of the host.
     *
     * @param source an existing absolute path
     * @param recursive whether mounts below the source come along
     * @param propagation {@code rprivate} (the default), {@code private}, {@code rslave}, {@code slave},
     *     {@code rshared} or {@code shared}
     */
    record Bind(Path source, String target, boolean readOnly, boolean recursive, String propagation)
            implements MountSpec {}

    /**
     * A file system in memory.
     *
     * @param options as mount(8) takes them for tmpfs: {@code size=64m}, {@code mode=1777}, {@code noexec}…
     */
    record Tmpfs(String target, List<String> options) implements MountSpec {}
}
