package dev.berth.level;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Something mounted into a sandbox at an absolute path inside it. The mount point is made when missing. */
public sealed interface MountSpec {
    /** The absolute path inside. */
    String target();

    /**
     * A file or directory of the host.
     *
     * @param source an existing absolute path
     * @param subpath what is meant of the source, a relative path that may lead nowhere out of it, links included; empty
     *     for all of it
     * @param access whether it may be written
     * @param recursive whether mounts below the source come along
     * @param propagation {@code rprivate} (the default), {@code private}, {@code rslave}, {@code slave},
     *     {@code rshared} or {@code shared}; the last four need a source on a mount of the host that is shared itself
     */
    record Bind(Path source, String subpath, String target, Access access, boolean recursive, String propagation)
            implements MountSpec {
        public Bind(Path source, String target, boolean readOnly, boolean recursive, String propagation) {
            this(source, "", target, readOnly ? Access.READ_ONLY : Access.READ_WRITE, recursive, propagation);
        }

        public boolean readOnly() {
            return access != Access.READ_WRITE;
        }
    }

    /** Whether what is mounted may be written. */
    enum Access {
        READ_WRITE,
        /** Not, nor what is mounted below it. */
        READ_ONLY,
        /** Not; what is mounted below it may be. */
        TOP_READ_ONLY
    }

    /**
     * A file system in memory.
     *
     * @param options as mount(8) takes them for tmpfs: {@code size=64m}, {@code mode=1777}, {@code noexec}…
     */
    record Tmpfs(String target, List<String> options) implements MountSpec {}

    /**
     * A file system that several sandboxes may have together. It lives while one of them has it mounted.
     *
     * @param type as the kernel names it
     * @param device what is mounted
     * @param options as mount(8) takes them
     * @param sharedWith a sandbox that runs and has it already
     */
    record FileSystem(
            String type,
            String device,
            List<String> options,
            String target,
            boolean readOnly,
            Optional<Place> sharedWith)
            implements MountSpec {
        public FileSystem {
            options = List.copyOf(options);
        }
    }

    /** A path inside a sandbox. */
    record Place(String sandboxId, String path) {}
}
