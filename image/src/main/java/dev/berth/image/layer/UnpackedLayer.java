package dev.berth.image.layer;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OpenFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A layer whose files are in place, and what is left to do once the layers below it are. */
public final class UnpackedLayer implements AutoCloseable {
    private static final int PLAIN_DIRECTORY = 0755;

    private final TreeWriter tree;
    private final Digest diffId;
    private final Map<LayerPath, Metadata> directories;
    private final Set<LayerPath> implicit;
    private final Map<LayerPath, LowerLink> lowerLinks;
    private long bytes;

    /** A hard link to a file that the layer does not have. */
    record LowerLink(LayerPath target, Metadata metadata) {}

    UnpackedLayer(
            TreeWriter tree,
            Digest diffId,
            long bytes,
            Map<LayerPath, Metadata> directories,
            Set<LayerPath> implicit,
            Map<LayerPath, LowerLink> lowerLinks) {
        this.tree = tree;
        this.diffId = diffId;
        this.bytes = bytes;
        this.directories = directories;
        this.implicit = implicit;
        this.lowerLinks = lowerLinks;
    }

    /** The digest of the uncompressed layer. */
    public Digest diffId() {
        return diffId;
    }

    /** The sum of its files' sizes, in bytes. */
    public long bytes() {
        return bytes;
    }

    /**
     * Copies up what the layer links to below, gives directories that it does not list the metadata they have below,
     * and those it lists their own.
     *
     * @param lower the trees of the layers below, the topmost first; none for a bottom layer
     * @throws ImageException INVALID if a hard link leads nowhere
     */
    public void complete(List<Path> lower) throws IOException {
        LowerTrees below = new LowerTrees(lower);
        try {
            linkToLower(below);
            for (Map.Entry<LayerPath, Metadata> listed : directories.entrySet()) {
                finish(listed.getKey(), listed.getValue());
            }
            for (LayerPath path : implicit) {
                finishImplicit(path, below);
            }
        } catch (LinuxException e) {
            throw Refusals.explain(e, "complete a layer");
        }
    }

    @Override
    public void close() {
        tree.close();
    }

    private void linkToLower(LowerTrees below) throws IOException {
        Map<LayerPath, LayerPath> copies = new HashMap<>();
        for (Map.Entry<LayerPath, LowerLink> link : lowerLinks.entrySet()) {
            LayerPath path = link.getKey();
            LayerPath target = link.getValue().target();
            LayerPath copy = copies.get(target);
            if (copy == null) {
                try (LowerTrees.Found found = below.find(target)
                        .filter(f -> !f.status().isDirectory())
                        .orElseThrow(
                                () -> ImageException.invalid("a layer has a hard link to a file that neither it nor"
                                        + " a layer below it has: " + path + " -> " + target))) {
                    copyUp(found, path);
                }
                copies.put(target, path);
            } else if (!tree.makeLink(path, copy)) {
                throw ImageException.invalid("a layer removes the hard link it makes: " + copy);
            }
            link.getValue().metadata().adjust(tree.directory(path.parent()), path.name());
        }
    }

    private void copyUp(LowerTrees.Found found, LayerPath path) throws IOException {
        FileStatus status = found.status();
        switch (status.type()) {
            case FileStatus.REGULAR -> {
                try (Fd from = found.parent().openFile(found.name(), Open.READ, 0);
                        Fd to = tree.makeFile(path)) {
                    copy(from, to, status.size());
                    found.metadata().apply(new OpenFile(to, path.toString()));
                }
                bytes += status.size();
            }
            case FileStatus.SYMLINK -> tree.makeSymlink(path, found.parent().readLink(found.name()));
            default -> tree.makeNode(path, status.type(), status.rdevMajor(), status.rdevMinor());
        }
    }

    private static void copy(Fd from, Fd to, long size) throws IOException {
        try (FileChannel in = FileChannel.open(Path.of(from.procPath()), StandardOpenOption.READ);
                FileChannel out = FileChannel.open(Path.of(to.procPath()), StandardOpenOption.WRITE)) {
            long done = 0;
            while (done < size) {
                long n = in.transferTo(done, size - done, out);
                if (n == 0) {
                    return; // it became shorter meanwhile
                }
                done += n;
            }
        }
    }

    private void finishImplicit(LayerPath path, LowerTrees below) {
        Optional<LowerTrees.Found> found = below.find(path);
        if (found.isEmpty()) {
            if (path.isRoot()) {
                finish(path, new Metadata(PLAIN_DIRECTORY, 0, 0, Instant.EPOCH, Map.of()));
            }
            return;
        }
        try (LowerTrees.Found directory = found.get()) {
            if (directory.status().isDirectory()) {
                finish(path, directory.metadata());
            }
        }
    }

    /** Applies metadata to a directory, unless something else has taken its place since it was listed. */
    private void finish(LayerPath path, Metadata metadata) {
        if (path.isRoot()) {
            metadata.apply(tree.root());
            return;
        }
        Optional<Directory> parent = tree.find(path.parent());
        if (parent.isEmpty()) {
            return;
        }
        try (Directory holder = parent.get()) {
            boolean stillThere =
                    holder.status(path.name()).filter(FileStatus::isDirectory).isPresent();
            if (stillThere) {
                try (Directory directory = holder.openDirectory(path.name())) {
                    metadata.apply(directory);
                }
            }
        }
    }
}
