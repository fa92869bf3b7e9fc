package dev.berth.image.layer;

import dev.berth.image.oci.ImageException;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The tree a layer is unpacked into. Every change is made relative to an open directory that the kernel has found below
 * the tree's root as if that were the root of everything (openat2(2), RESOLVE_IN_ROOT): no path and no link, whoever
 * made it, leads out. What exists under a name gives way to what comes.
 */
final class TreeWriter implements AutoCloseable {
    /** Directories kept open; archives mostly list a directory's files together. */
    private static final int OPEN_DIRECTORIES = 16;

    private final Directory root;
    private final Consumer<LayerPath> madeImplicitly;
    private final LinkedHashMap<LayerPath, Directory> open = new LinkedHashMap<>(32, 0.75f, true);

    /**
     * @param root the tree's root; closed with this
     * @param madeImplicitly told of each directory made because something is in it, not because it was listed
     */
    TreeWriter(Directory root, Consumer<LayerPath> madeImplicitly) {
        this.root = root;
        this.madeImplicitly = madeImplicitly;
    }

    Directory root() {
        return root;
    }

    /** The directory, made with its parents if it is missing. Stays this object's, good until sixteen others are used. */
    Directory directory(LayerPath path) throws ImageException {
        if (path.isRoot()) {
            return root;
        }
        Directory known = open.get(path);
        if (known != null) {
            return known;
        }
        Optional<Directory> existing = find(path);
        return keep(path, existing.isPresent() ? existing.get() : makeImplicitly(path));
    }

    /** The directory if there is one, found through links too; the caller closes it. */
    Optional<Directory> find(LayerPath path) {
        try {
            return Optional.of(root.openDirectoryInRoot(path.toString()));
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Makes the directory, or takes what is a directory already. */
    void makeDirectory(LayerPath path) throws ImageException {
        Directory parent = directory(path.parent());
        try {
            parent.makeDirectory(path.name(), 0700);
        } catch (LinuxException e) {
            FileStatus there = conflict(e, parent, path);
            if (!there.isDirectory()) {
                replace(parent, path);
                parent.makeDirectory(path.name(), 0700);
                if (OverlayMarks.isWhiteout(there)) {
                    OverlayMarks.makeOpaque(directory(path)); // the layer removes one directory and brings another
                }
            }
        }
    }

    /** Makes a regular file, open for writing; the caller closes it. */
    Fd makeFile(LayerPath path) throws ImageException {
        Directory parent = directory(path.parent());
        int flags = Open.WRITE | Open.CREATE | Open.EXCLUSIVE;
        try {
            return parent.openFile(path.name(), flags, 0600);
        } catch (LinuxException e) {
            conflict(e, parent, path);
            replace(parent, path);
            return parent.openFile(path.name(), flags, 0600);
        }
    }

    void makeSymlink(LayerPath path, String target) throws ImageException {
        make(path, parent -> parent.makeSymlink(target, path.name()));
    }

    /** Makes a device or fifo; its permissions are to be set afterwards. */
    void makeNode(LayerPath path, int type, int major, int minor) throws ImageException {
        make(path, parent -> parent.makeNode(path.name(), type | 0600, major, minor));
    }

    /** Makes a hard link to a file in the tree; false if there is none of that name. */
    boolean makeLink(LayerPath path, LayerPath existing) throws ImageException {
        Optional<Directory> found = existing.isRoot() ? Optional.empty() : find(existing.parent());
        if (found.isEmpty()) {
            return false;
        }
        try (Directory from = found.get()) {
            if (from.status(existing.name()).isEmpty()) {
                return false;
            }
            if (!path.equals(existing)) {
                make(path, parent -> parent.makeLink(from, existing.name(), path.name()));
            }
            return true;
        }
    }

    /** Marks in the tree that the name is gone from what is below. What this layer itself has there stays. */
    void makeWhiteout(LayerPath path) throws ImageException {
        Directory parent = directory(path.parent());
        Optional<FileStatus> there = parent.status(path.name());
        if (there.isEmpty()) {
            OverlayMarks.makeWhiteout(parent, path.name());
        } else if (there.get().isDirectory()) {
            OverlayMarks.makeOpaque(directory(path));
        }
    }

    @Override
    public void close() {
        open.values().forEach(Directory::close);
        open.clear();
        root.close();
    }

    private void make(LayerPath path, Consumer<Directory> creation) throws ImageException {
        Directory parent = directory(path.parent());
        try {
            creation.accept(parent);
        } catch (LinuxException e) {
            conflict(e, parent, path);
            replace(parent, path);
            creation.accept(parent);
        }
    }

    /** What is in the way, where that is why the creation failed; the failure itself otherwise. */
    private static FileStatus conflict(LinuxException e, Directory parent, LayerPath path) {
        if (!e.is(Errno.EEXIST)) {
            throw e;
        }
        return parent.status(path.name()).orElseThrow(() -> e);
    }

    private void replace(Directory parent, LayerPath path) {
        parent.deleteTree(path.name());
        // Directories open below what is gone would take files into nowhere. The parent is not among them.
        for (Iterator<Map.Entry<LayerPath, Directory>> i = open.entrySet().iterator(); i.hasNext(); ) {
            Directory directory = i.next().getValue();
            if (directory != parent) {
                directory.close();
                i.remove();
            }
        }
    }

    private Directory makeImplicitly(LayerPath path) throws ImageException {
        Directory parent = directory(path.parent());
        Optional<FileStatus> there = parent.status(path.name());
        boolean whiteout = there.filter(OverlayMarks::isWhiteout).isPresent();
        if (there.isPresent() && !whiteout) {
            throw ImageException.invalid("a layer has files below " + path + ", which is not a directory in it");
        }
        if (whiteout) {
            parent.unlink(path.name());
        }
        parent.makeDirectory(path.name(), 0755);
        Directory made = parent.openDirectory(path.name());
        if (whiteout) {
            OverlayMarks.makeOpaque(made);
        }
        madeImplicitly.accept(path);
        return made;
    }

    private Directory keep(LayerPath path, Directory directory) {
        open.put(path, directory);
        if (open.size() > OPEN_DIRECTORIES) {
            Iterator<Directory> eldest = open.values().iterator();
            eldest.next().close();
            eldest.remove();
        }
        return directory;
    }
}
