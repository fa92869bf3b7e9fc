package dev.berth.image.layer;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.OpenFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Unpacks one layer into an empty directory, in the form that overlayfs stacks. What depends on the layers below, and
 * what must come last, is left to {@link UnpackedLayer#complete}; so layers of one image can be unpacked side by side.
 */
public final class LayerUnpacker {
    private final Limits limits;
    private final TreeWriter tree;
    private final MemorySegment buffer;
    /** Directories' metadata, applied at the end: filling them would change their times, and modes could forbid it. */
    private final Map<LayerPath, Metadata> directories = new LinkedHashMap<>();

    private final Set<LayerPath> implicit = new LinkedHashSet<>();
    /** Hard links to what this layer does not have. */
    private final Map<LayerPath, UnpackedLayer.LowerLink> lowerLinks = new LinkedHashMap<>();

    private long bytes;

    private LayerUnpacker(Directory root, Limits limits, MemorySegment buffer) {
        this.limits = limits;
        this.tree = new TreeWriter(root, this::madeImplicitly);
        this.buffer = buffer;
    }

    /**
     * Unpacks a layer.
     *
     * @param blob the layer as stored, in any compression; read to its end and closed
     * @param target an empty directory; after a failure it holds what had been unpacked so far
     * @param progress told of how many of the blob's bytes have been read so far
     * @throws ImageException INVALID, TOO_LARGE or NO_SPACE
     */
    public static UnpackedLayer unpack(InputStream blob, Path target, Limits limits, LongConsumer progress)
            throws IOException {
        Directory root = Directory.open(target);
        boolean done = false;
        try (blob;
                LayerStream stream = LayerStream.open(blob, limits, progress);
                Arena arena = Arena.ofConfined()) {
            LayerUnpacker unpacker = new LayerUnpacker(root, limits, arena.allocate(Chunk.BYTES));
            unpacker.implicit.add(LayerPath.ROOT);
            unpacker.unpackAll(new TarReader(stream, limits));
            Digest diffId = stream.diffId();
            done = true;
            return new UnpackedLayer(
                    unpacker.tree,
                    diffId,
                    unpacker.bytes,
                    unpacker.directories,
                    unpacker.implicit,
                    unpacker.lowerLinks);
        } finally {
            if (!done) {
                root.close();
            }
        }
    }

    private void unpackAll(TarReader archive) throws IOException {
        for (Optional<TarEntry> entry = archive.next(); entry.isPresent(); entry = archive.next()) {
            LayerPath path = LayerPath.parse(entry.get().path(), limits);
            try {
                unpack(archive, entry.get(), path);
            } catch (LinuxException e) {
                throw Refusals.explain(e, "unpack " + path);
            }
        }
    }

    private void unpack(TarReader archive, TarEntry entry, LayerPath path) throws IOException {
        if (path.isRoot()) {
            if (entry.type() != TarEntry.Type.DIRECTORY) {
                throw ImageException.invalid("a layer has a file in place of its root directory");
            }
            listed(path, entry);
        } else if (path.name().startsWith(OverlayMarks.META_PREFIX)) {
            if (path.name().equals(OverlayMarks.OPAQUE_NAME)) {
                OverlayMarks.makeOpaque(tree.directory(path.parent()));
            }
        } else if (path.name().startsWith(OverlayMarks.WHITEOUT_PREFIX)) {
            tree.makeWhiteout(path.sibling(hiddenBy(path)));
        } else {
            make(archive, entry, path);
        }
    }

    private void make(TarReader archive, TarEntry entry, LayerPath path) throws IOException {
        lowerLinks.remove(path);
        Metadata metadata = Metadata.of(entry);
        switch (entry.type()) {
            case DIRECTORY -> {
                tree.makeDirectory(path);
                listed(path, entry);
            }
            case FILE -> makeFile(archive, entry, path, metadata);
            case SYMLINK -> {
                tree.makeSymlink(path, RawName.decode(entry.linkTarget()));
                metadata.apply(tree.directory(path.parent()), path.name(), true);
            }
            case HARD_LINK -> makeHardLink(entry, path, metadata);
            case CHARACTER_DEVICE -> makeNode(entry, path, metadata, FileStatus.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> makeNode(entry, path, metadata, FileStatus.BLOCK_DEVICE);
            case FIFO -> makeNode(entry, path, metadata, FileStatus.FIFO);
        }
    }

    private void makeFile(TarReader archive, TarEntry entry, LayerPath path, Metadata metadata) throws IOException {
        try (Fd fd = tree.makeFile(path)) {
            OpenFile file = new OpenFile(fd, path.toString());
            archive.readData((offset, part) -> {
                int length = part.remaining();
                MemorySegment.copy(
                        part.array(), part.arrayOffset() + part.position(), buffer, ValueLayout.JAVA_BYTE, 0, length);
                file.writeAt(offset, buffer.asSlice(0, length));
            });
            if (entry.segments().size() != 1) {
                file.truncate(entry.size()); // a sparse file may end in a hole
            }
            metadata.apply(file);
        }
        bytes += entry.size();
    }

    private void makeHardLink(TarEntry entry, LayerPath path, Metadata metadata) throws IOException {
        LayerPath existing = LayerPath.parse(entry.linkTarget(), limits);
        if (existing.isRoot()) {
            throw ImageException.invalid("a layer has a hard link to its root directory: " + path);
        }
        if (tree.makeLink(path, existing)) {
            metadata.adjust(tree.directory(path.parent()), path.name());
        } else {
            UnpackedLayer.LowerLink further = lowerLinks.get(existing);
            lowerLinks.put(path, new UnpackedLayer.LowerLink(further == null ? existing : further.target(), metadata));
        }
    }

    private void makeNode(TarEntry entry, LayerPath path, Metadata metadata, int type) throws IOException {
        tree.makeNode(path, type, (int) entry.deviceMajor(), (int) entry.deviceMinor());
        metadata.apply(tree.directory(path.parent()), path.name(), false);
    }

    private void listed(LayerPath path, TarEntry entry) {
        implicit.remove(path);
        directories.put(path, Metadata.of(entry));
    }

    private void madeImplicitly(LayerPath path) {
        directories.remove(path);
        implicit.add(path);
    }

    /** The name that a whiteout's name hides, which must be one. */
    private static String hiddenBy(LayerPath whiteout) throws ImageException {
        String hidden = whiteout.name().substring(OverlayMarks.WHITEOUT_PREFIX.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw ImageException.invalid("a layer has a whiteout that hides no name: " + whiteout);
        }
        return hidden;
    }
}
