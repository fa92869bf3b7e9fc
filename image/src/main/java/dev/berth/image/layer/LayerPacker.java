package dev.berth.image.layer;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Packs a tree of files as a layer: a tar whose entries are in the order of their names' bytes, so that the same tree
 * gives the same layer. Sockets are left out: they mean nothing without the process that listens.
 */
public final class LayerPacker {
    /** The layer of a tree without files: two blocks of zeros. */
    public static final Digest EMPTY = Digest.sha256(new byte[1024]);

    private static final int BUFFER_BYTES = 256 << 10;

    /** What the tree is. */
    public enum Kind {
        /** A whole root file system; every file is taken as it is. */
        WHOLE_TREE,
        /** The changes that overlayfs keeps in an upper directory; its marks become whiteouts. */
        OVERLAY_UPPER,
        /** A container's files as it sees them; what is mounted among them is as empty as the place it is mounted on. */
        WITHOUT_MOUNTS,
        /** As {@link #WITHOUT_MOUNTS}, but with what is mounted from a disk. */
        WITHOUT_VIRTUAL,
    }

    private record Inode(long device, long number) {}

    private final Kind kind;
    private final Instant latest;
    private final Limits limits;
    private final TarWriter tar;
    private final Map<Inode, String> firstNames = new HashMap<>();
    private final byte[] buffer = new byte[BUFFER_BYTES];

    private LayerPacker(Kind kind, Instant latest, Limits limits, TarWriter tar) {
        this.kind = kind;
        this.latest = latest;
        this.limits = limits;
        this.tar = tar;
    }

    /**
     * Writes the tree as an uncompressed layer. The stream is not closed.
     *
     * @throws ImageException TOO_LARGE if the tree is deeper than a layer may be; INVALID if it can't be a layer
     */
    public static void pack(Path tree, Kind kind, Limits limits, OutputStream out) throws IOException {
        pack(tree, kind, Optional.empty(), limits, out);
    }

    /** As {@link #pack(Path, Kind, Limits, OutputStream)}; what is newer than the latest time, where there is one, has that. */
    public static void pack(Path tree, Kind kind, Optional<Instant> latest, Limits limits, OutputStream out)
            throws IOException {
        try (Directory root = Directory.open(tree);
                TarWriter tar = new TarWriter(out)) {
            LayerPacker packer = new LayerPacker(kind, latest.orElse(Instant.MAX), limits, tar);
            if (kind == Kind.WHOLE_TREE) {
                tar.begin(entry("./", TarEntry.Type.DIRECTORY, packer.metadata(root, ".", root.status())));
            }
            packer.packContent(root, "", 1);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Writes a tree as it is, without an entry for its root. Neither the directory nor the stream is closed.
     *
     * @throws ImageException TOO_LARGE if the tree is deeper than a layer may be
     */
    public static void packBelow(Directory root, Kind kind, Limits limits, OutputStream out) throws IOException {
        try (TarWriter tar = new TarWriter(out)) {
            packInto(tar, root, "", kind, limits);
        }
    }

    /**
     * Writes what a directory has into an archive that has more in it. Neither is closed.
     *
     * @param prefix what the entries' names begin with: nothing, or names of directories with a slash behind each
     * @throws ImageException TOO_LARGE if the tree is deeper than a layer may be
     */
    public static void packInto(TarWriter tar, Directory root, String prefix, Kind kind, Limits limits)
            throws IOException {
        try {
            new LayerPacker(kind, Instant.MAX, limits, tar).packContent(root, prefix, 1);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Writes one file, or a directory with what is in it, under another name; of what the kernel mounts among it the
     * places alone. Neither the parent nor the stream is closed.
     *
     * @param name in the parent; {@code .} for the parent itself
     * @param newName what the entry and those below it begin with
     */
    public static void packEntry(Directory parent, String name, String newName, Limits limits, OutputStream out)
            throws IOException {
        try (TarWriter tar = new TarWriter(out)) {
            FileStatus status =
                    parent.status(name).orElseThrow(() -> new NoSuchFileException(parent.path() + "/" + name));
            String raw = RawName.of(newName);
            new LayerPacker(Kind.WITHOUT_VIRTUAL, Instant.MAX, limits, tar).packOne(parent, name, raw, status, 1);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void packContent(Directory directory, String prefix, int depth) throws IOException {
        if (depth > limits.depth()) {
            throw ImageException.tooLarge("pack " + directory.path() + ": directories nest deeper than "
                    + limits.depth() + ", which is more than a layer may have");
        }
        if (kind == Kind.OVERLAY_UPPER && OverlayMarks.isOpaque(directory)) {
            tar.begin(mark(prefix + OverlayMarks.OPAQUE_NAME));
        }
        List<String> names = directory.list().stream().map(RawName::of).sorted().toList();
        for (String raw : names) {
            String name = RawName.decode(raw);
            Optional<FileStatus> status = directory.status(name);
            if (status.isPresent()) { // a file that is gone by now is none
                packOne(directory, name, prefix + raw, status.get(), depth);
            }
        }
    }

    private void packOne(Directory directory, String name, String path, FileStatus status, int depth)
            throws IOException {
        if (kind == Kind.OVERLAY_UPPER && OverlayMarks.isWhiteout(status)) {
            int nameAt = path.lastIndexOf('/') + 1;
            tar.begin(mark(path.substring(0, nameAt) + OverlayMarks.WHITEOUT_PREFIX + path.substring(nameAt)));
            return;
        }
        if (!status.isDirectory() && status.links() > 1) {
            String first = firstNames.putIfAbsent(new Inode(status.device(), status.inode()), path);
            if (first != null) {
                Metadata metadata = metadata(directory, name, status);
                tar.begin(entry(path, TarEntry.Type.HARD_LINK, metadata).withLinkTarget(first));
                return;
            }
        }
        switch (status.type()) {
            case FileStatus.DIRECTORY -> {
                String inside = path.endsWith("/") ? path : path + "/";
                tar.begin(entry(inside, TarEntry.Type.DIRECTORY, metadata(directory, name, status)));
                try (Directory child = directory.openDirectory(name)) {
                    if (!isHidden(status) && !isVirtual(status, child)) {
                        packContent(child, inside, depth + 1);
                    }
                }
            }
            case FileStatus.REGULAR -> packFile(directory, name, path, status);
            case FileStatus.SYMLINK -> {
                String target = RawName.of(directory.readLink(name));
                tar.begin(entry(path, TarEntry.Type.SYMLINK, metadata(directory, name, status))
                        .withLinkTarget(target));
            }
            case FileStatus.FIFO -> tar.begin(entry(path, TarEntry.Type.FIFO, metadata(directory, name, status)));
            case FileStatus.CHARACTER_DEVICE ->
                tar.begin(device(directory, name, path, status, TarEntry.Type.CHARACTER_DEVICE));
            case FileStatus.BLOCK_DEVICE ->
                tar.begin(device(directory, name, path, status, TarEntry.Type.BLOCK_DEVICE));
            default -> {}
        }
    }

    private boolean isHidden(FileStatus status) {
        return kind == Kind.WITHOUT_MOUNTS && status.mountPoint();
    }

    private boolean isVirtual(FileStatus status, Directory directory) {
        return kind == Kind.WITHOUT_VIRTUAL && status.mountPoint() && directory.isVirtual();
    }

    private void packFile(Directory directory, String name, String path, FileStatus status) throws IOException {
        Metadata m = metadata(directory, name, status);
        long size = isHidden(status) ? 0 : status.size();
        tar.begin(TarEntry.file(
                path,
                m.mode(),
                Integer.toUnsignedLong(m.uid()),
                Integer.toUnsignedLong(m.gid()),
                m.modified(),
                size,
                m.xattrs()));
        if (size == 0) {
            return;
        }
        try (Fd fd = directory.openFile(name, Open.READ, 0);
                FileChannel in = FileChannel.open(Path.of(fd.procPath()), StandardOpenOption.READ)) {
            long left = size;
            while (left > 0) {
                int n = in.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(left, buffer.length)));
                if (n < 0) {
                    throw new IOException("pack " + directory.path() + "/" + name + ": the file shrank meanwhile");
                }
                tar.write(buffer, 0, n);
                left -= n;
            }
        }
    }

    private Metadata metadata(Directory parent, String name, FileStatus status) {
        Metadata m = Metadata.of(parent, name, status);
        return m.modified().isAfter(latest) ? new Metadata(m.mode(), m.uid(), m.gid(), latest, m.xattrs()) : m;
    }

    private TarEntry device(Directory directory, String name, String path, FileStatus status, TarEntry.Type type) {
        return entry(path, type, metadata(directory, name, status)).withDevice(status.rdevMajor(), status.rdevMinor());
    }

    private static TarEntry entry(String path, TarEntry.Type type, Metadata m) {
        return TarEntry.empty(
                        path,
                        type,
                        "",
                        m.mode(),
                        Integer.toUnsignedLong(m.uid()),
                        Integer.toUnsignedLong(m.gid()),
                        m.modified())
                .withXattrs(m.xattrs());
    }

    private static TarEntry mark(String path) {
        return TarEntry.file(path, 0600, 0, 0, Instant.EPOCH, 0, Map.of());
    }
}
