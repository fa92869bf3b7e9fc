package dev.berth.image.layer;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.EntrySource;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Unpacks an archive of files into a directory of a tree that is in use: as {@code docker cp} does, names of whiteouts
 * are names like others. Links that are followed lead to where they do for whom the tree is the root.
 */
public final class ArchiveUnpacker implements AutoCloseable {
    /** The most bytes of a file's data that are taken at once. */
    public static final int PIECE_BYTES = Chunk.BYTES;

    private final TreeWriter tree;
    private final LayerPath base;
    private final Options options;
    private final Limits limits;
    /** Applied at the end: filling a directory changes its times, and its permissions could forbid it. */
    private final Map<LayerPath, Metadata> directories = new LinkedHashMap<>();

    /** Who is to own what is unpacked. */
    public record Owner(int uid, int gid) {}

    /**
     * How to unpack.
     *
     * @param keepKind refuse to replace a directory by something else, and the reverse
     * @param owner instead of those that the archive tells
     */
    public record Options(boolean keepKind, Optional<Owner> owner) {}

    /**
     * Over a tree.
     *
     * @param root the tree's root; closed with this
     * @param base names of the directories that lead to the one to unpack into, which exists
     */
    public ArchiveUnpacker(Directory root, List<String> base, Options options, Limits limits) {
        this.tree = new TreeWriter(root, path -> {});
        this.base = new LayerPath(base);
        this.options = options;
        this.limits = limits;
    }

    /**
     * Unpacks an archive, plain or compressed; the stream is not closed.
     *
     * @throws ImageException INVALID for an archive that is damaged or cannot be unpacked here, NO_SPACE; what came
     *     before it is there then
     */
    public void unpack(InputStream archive) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Chunk.BYTES);
            unpack(new TarReader(Compression.decompressed(archive, buffer.asByteBuffer()), limits), buffer);
        }
    }

    /** Unpacks what need not be an archive; the data comes in pieces of at most {@link #PIECE_BYTES}. */
    public void unpack(EntrySource files) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            unpack(files, arena.allocate(Chunk.BYTES));
        }
    }

    private void unpack(EntrySource reader, MemorySegment buffer) throws IOException {
        try {
            for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                LayerPath path = below(LayerPath.parse(entry.get().path(), limits));
                try {
                    make(reader, entry.get(), path, buffer);
                } catch (LinuxException e) {
                    throw Refusals.explain(e, "unpack " + path);
                }
            }
            for (Map.Entry<LayerPath, Metadata> directory : directories.entrySet()) {
                finish(directory.getKey(), directory.getValue());
            }
        } catch (LinuxException e) {
            throw Refusals.explain(e, "finish unpacking");
        }
    }

    private LayerPath below(LayerPath path) {
        List<String> all = new ArrayList<>(base.components());
        all.addAll(path.components());
        return new LayerPath(all);
    }

    private void make(EntrySource reader, TarEntry entry, LayerPath path, MemorySegment buffer) throws IOException {
        Metadata metadata = owned(Metadata.of(entry));
        boolean isDirectory = entry.type() == TarEntry.Type.DIRECTORY;
        if (path.equals(base)) {
            if (!isDirectory) {
                throw ImageException.invalid("the archive has a file in place of the directory to unpack into");
            }
            return; // the directory is whose it is; only what is in it is brought
        }
        checkKind(path, isDirectory);
        switch (entry.type()) {
            case DIRECTORY -> {
                tree.makeDirectory(path);
                directories.put(path, metadata);
            }
            case FILE -> makeFile(reader, entry, path, metadata, buffer);
            case SYMLINK -> {
                tree.makeSymlink(path, RawName.decode(entry.linkTarget()));
                metadata.apply(tree.directory(path.parent()), path.name(), true);
            }
            case HARD_LINK -> {
                LayerPath existing = below(LayerPath.parse(entry.linkTarget(), limits));
                if (!tree.makeLink(path, existing)) {
                    throw ImageException.invalid("the archive has a hard link to what is not there: " + existing);
                }
            }
            case CHARACTER_DEVICE -> makeNode(entry, path, metadata, FileStatus.CHARACTER_DEVICE);
            case BLOCK_DEVICE -> makeNode(entry, path, metadata, FileStatus.BLOCK_DEVICE);
            case FIFO -> makeNode(entry, path, metadata, FileStatus.FIFO);
        }
    }

    private Metadata owned(Metadata metadata) {
        return options.owner()
                .map(owner ->
                        new Metadata(metadata.mode(), owner.uid(), owner.gid(), metadata.modified(), metadata.xattrs()))
                .orElse(metadata);
    }

    private void checkKind(LayerPath path, boolean isDirectory) throws ImageException {
        if (!options.keepKind()) {
            return;
        }
        Optional<Directory> parent = tree.find(path.parent());
        if (parent.isEmpty()) {
            return;
        }
        try (Directory holder = parent.get()) {
            Optional<FileStatus> there = holder.status(path.name());
            if (there.isPresent() && there.get().isDirectory() != isDirectory) {
                throw ImageException.invalid(
                        isDirectory
                                ? "cannot overwrite non-directory \"/" + path + "\" with directory"
                                : "cannot overwrite directory \"/" + path + "\" with non-directory");
            }
        }
    }

    private void makeFile(EntrySource reader, TarEntry entry, LayerPath path, Metadata metadata, MemorySegment buffer)
            throws IOException {
        try (Fd fd = tree.makeFile(path)) {
            OpenFile file = new OpenFile(fd, path.toString());
            reader.readData((offset, part) -> {
                MemorySegment bytes = MemorySegment.ofBuffer(part);
                file.writeAt(
                        offset,
                        bytes.isNative()
                                ? bytes
                                : buffer.asSlice(0, part.remaining()).copyFrom(bytes));
            });
            file.truncate(entry.size()); // a sparse file may end in a hole
            metadata.apply(file);
        }
    }

    private void makeNode(TarEntry entry, LayerPath path, Metadata metadata, int type) throws IOException {
        tree.makeNode(path, type, (int) entry.deviceMajor(), (int) entry.deviceMinor());
        metadata.apply(tree.directory(path.parent()), path.name(), false);
    }

    private void finish(LayerPath path, Metadata metadata) {
        Optional<Directory> directory = tree.find(path);
        if (directory.isPresent()) {
            try (Directory found = directory.get()) {
                metadata.apply(found);
            }
        }
    }

    @Override
    public void close() {
        tree.close();
    }
}
