package dev.berth.image.layer;

import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.util.Optional;

/**
 * A file of a tree, with all that an archive has of it but its data.
 *
 * @param entry with the file's own name as its path
 * @param inode equal for all names of one file; empty where it has one only
 */
public record TreeFile(TarEntry entry, Optional<Object> inode) {
    private record Inode(long device, long number) {}

    /** Looks at a file; a link is not followed. Sockets are none: they mean nothing without the process that listens. */
    public static Optional<TreeFile> find(Directory parent, String name) {
        Optional<FileStatus> found = parent.status(name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        FileStatus status = found.get();
        Optional<TarEntry.Type> type = type(status);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        Metadata m = Metadata.of(parent, name, status);
        boolean regular = type.get() == TarEntry.Type.FILE;
        TarEntry entry = TarEntry.file(
                RawName.of(name),
                m.mode(),
                Integer.toUnsignedLong(m.uid()),
                Integer.toUnsignedLong(m.gid()),
                m.modified(),
                regular ? status.size() : 0,
                m.xattrs());
        String target = type.get() == TarEntry.Type.SYMLINK ? RawName.of(parent.readLink(name)) : "";
        return Optional.of(new TreeFile(
                regular
                        ? entry
                        : entry.withType(type.get())
                                .withLinkTarget(target)
                                .withDevice(status.rdevMajor(), status.rdevMinor()),
                !status.isDirectory() && status.links() > 1
                        ? Optional.of(new Inode(status.device(), status.inode()))
                        : Optional.empty()));
    }

    private static Optional<TarEntry.Type> type(FileStatus status) {
        return switch (status.type()) {
            case FileStatus.REGULAR -> Optional.of(TarEntry.Type.FILE);
            case FileStatus.DIRECTORY -> Optional.of(TarEntry.Type.DIRECTORY);
            case FileStatus.SYMLINK -> Optional.of(TarEntry.Type.SYMLINK);
            case FileStatus.FIFO -> Optional.of(TarEntry.Type.FIFO);
            case FileStatus.CHARACTER_DEVICE -> Optional.of(TarEntry.Type.CHARACTER_DEVICE);
            case FileStatus.BLOCK_DEVICE -> Optional.of(TarEntry.Type.BLOCK_DEVICE);
            default -> Optional.empty();
        };
    }
}
