package dev.berth.image.files;

import dev.berth.image.layer.ArchiveUnpacker;
import dev.berth.image.layer.LayerPacker;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.snapshot.WritableLayer;
import dev.berth.image.tar.EntrySource;
import dev.berth.image.tar.TarReader;
import dev.berth.image.tar.TarWriter;
import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.Overlay;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The files of one container. Paths are those it sees itself: absolute, with its own links; none leads out of it.
 * Closed by whoever opened it.
 */
public final class FileTree implements AutoCloseable {
    private static final int MOST_LINKS = 40;
    private static final int NEW_DIRECTORY = 0755;
    private static final int READ_BYTES = 64 << 10;

    private final Directory root;

    private FileTree(Directory root) {
        this.root = root;
    }

    /** The files of a container that does not run, and does not begin to until this is closed. */
    public static FileTree of(WritableLayer layer) throws IOException {
        try {
            return new FileTree(Overlay.open(layer.lower(), layer.upper(), layer.work()));
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The files below a directory of the host, such as a running process's root. */
    public static FileTree at(Path directory) throws IOException {
        try {
            return new FileTree(Directory.open(directory));
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** A path as it was asked for, and what it is: names without links but the last, which may be one. */
    private record Place(List<String> parent, String name, FileStatus status) {
        List<String> all() {
            List<String> all = new ArrayList<>(parent);
            if (!name.equals(".")) {
                all.add(name);
            }
            return all;
        }
    }

    /**
     * Looks at what a path leads to. A path that ends in a slash or a dot means a directory, also behind a link.
     *
     * @throws ImageException NOT_FOUND, BAD_REQUEST for what is asked as a directory and is none
     */
    public PathStat stat(String path) throws IOException {
        try {
            Place place = find(path);
            String target = place.status().isSymlink() ? "/" + String.join("/", resolve(path + "/.", false)) : "";
            return new PathStat(
                    lastName(path),
                    place.status().size(),
                    place.status().mode(),
                    Instant.ofEpochSecond(
                            place.status().modifiedSeconds(), place.status().modifiedNanos()),
                    target);
        } catch (LinuxException e) {
            throw explain(e, path);
        }
    }

    /** Writes what a path leads to as an archive, whose entries begin with the path's last name; the stream stays open. */
    public void pack(String path, OutputStream out) throws IOException {
        try {
            Place place = find(path);
            try (Directory parent = directory(place.parent())) {
                LayerPacker.packEntry(parent, place.name(), lastName(path), Limits.DEFAULT, out);
            }
        } catch (LinuxException e) {
            throw explain(e, path);
        }
    }

    /** Writes all files as an archive, but not what is mounted among them; the stream stays open. */
    public void export(OutputStream out) throws IOException {
        LayerPacker.packBelow(root, LayerPacker.Kind.WITHOUT_MOUNTS, Limits.DEFAULT, out);
    }

    /**
     * As {@link #export(OutputStream)}, into an archive that has more in it.
     *
     * @param prefix what the entries' names begin with: nothing, or a directory's name and a slash
     */
    public void exportInto(TarWriter tar, String prefix) throws IOException {
        LayerPacker.packInto(tar, root, prefix, LayerPacker.Kind.WITHOUT_MOUNTS, Limits.DEFAULT);
    }

    /**
     * Unpacks an archive into a directory; the stream stays open. This tree is used up afterwards.
     *
     * @throws ImageException NOT_FOUND for the directory, BAD_REQUEST where it is none, INVALID for the archive
     */
    public void unpack(String path, InputStream archive, ArchiveUnpacker.Options options) throws IOException {
        List<String> base;
        try {
            base = resolve(path + "/.", true);
            try (Directory target = directory(base)) {
                target.status();
            }
        } catch (LinuxException e) {
            throw explain(e, path);
        }
        try (ArchiveUnpacker unpacker = new ArchiveUnpacker(root, base, options, Limits.DEFAULT)) {
            unpacker.unpack(archive);
        }
    }

    /**
     * As {@link #unpack(String, InputStream, ArchiveUnpacker.Options)}, of files that need not be an archive. The directory
     * and those above it are made where they are missing.
     */
    public void unpack(String path, EntrySource files, ArchiveUnpacker.Options options) throws IOException {
        List<String> base;
        try {
            base = resolve(path + "/.", false);
            makeDirectories(base, options.owner());
        } catch (LinuxException e) {
            throw explain(e, path);
        }
        try (ArchiveUnpacker unpacker = new ArchiveUnpacker(root, base, options, Limits.DEFAULT)) {
            unpacker.unpack(files);
        }
    }

    /**
     * Makes a directory of root's, and those above it, where they are missing.
     *
     * @throws ImageException BAD_REQUEST where there is something else
     */
    public void makeDirectories(String path) throws IOException {
        try {
            makeDirectories(resolve(path + "/.", false), Optional.empty());
        } catch (LinuxException e) {
            throw explain(e, path);
        }
    }

    private void makeDirectories(List<String> names, Optional<ArchiveUnpacker.Owner> owner) {
        for (int i = 0; i < names.size(); i++) {
            try (Directory parent = directory(names.subList(0, i))) {
                String name = names.get(i);
                if (parent.status(name).isEmpty()) {
                    parent.makeDirectory(name, NEW_DIRECTORY);
                    parent.changeMode(name, NEW_DIRECTORY); // whatever the umask
                    owner.ifPresent(one -> parent.changeOwner(name, one.uid(), one.gid()));
                }
            }
        }
        directory(names).close();
    }

    /** A file by the names that lead to it, none of them a link but the last. */
    public Optional<TreeFile> find(List<String> names) throws IOException {
        try {
            if (names.isEmpty()) {
                return TreeFile.find(root, ".");
            }
            try (Directory parent = directory(names.subList(0, names.size() - 1))) {
                return TreeFile.find(parent, names.getLast());
            }
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The names in a directory, sorted. */
    public List<String> list(List<String> names) throws IOException {
        try (Directory directory = directory(names)) {
            return directory.list().stream().sorted().toList();
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Reads a file's data. */
    public void read(List<String> names, TarReader.DataSink sink) throws IOException {
        try (Directory parent = directory(names.subList(0, names.size() - 1));
                Fd fd = parent.openFile(names.getLast(), Open.READ, 0);
                FileChannel in = FileChannel.open(Path.of(fd.procPath()), StandardOpenOption.READ)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
            long offset = 0;
            while (in.read(buffer.clear()) >= 0) {
                int length = buffer.flip().remaining();
                sink.accept(offset, buffer);
                offset += length;
            }
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Copies what is in the directory that a path leads to into an empty directory of the host's, with owners and modes,
     * also the directory's own. Nothing happens where there is no such directory.
     *
     * @return whether there was something to copy
     * @throws ImageException BAD_REQUEST where the path leads to what is no directory
     */
    public boolean copyInto(String path, Path target) throws IOException {
        try (Directory source = directory(resolve(path + "/.", true));
                Directory into = Directory.open(target)) {
            if (!into.list().isEmpty()) {
                return false;
            }
            TreeCopy.copy(source, into);
            return true;
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw explain(e, path);
        } catch (ImageException e) {
            if (e.kind() == ImageException.Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private Place find(String path) throws IOException {
        boolean asDirectory = path.endsWith("/") || path.endsWith("/.") || path.equals(".") || path.isEmpty();
        List<String> names = resolve(path, true);
        if (names.isEmpty()) {
            return new Place(List.of(), ".", root.status());
        }
        List<String> parent = names.subList(0, names.size() - 1);
        String name = names.getLast();
        try (Directory holder = directory(parent)) {
            FileStatus status = holder.status(name).orElseThrow(() -> notFound(path));
            if (asDirectory && !status.isDirectory()) {
                throw new ImageException(ImageException.Kind.BAD_REQUEST, "not a directory: " + path);
            }
            return new Place(parent, name, status);
        }
    }

    /**
     * The names that a path stands for when the links in it are followed; its last name is, where a slash or a dot comes
     * behind it.
     *
     * @param strict whether what is missing on the way is a failure; else its name stands for itself
     */
    private List<String> resolve(String path, boolean strict) throws IOException {
        Deque<String> left = new ArrayDeque<>(List.of(path.split("/", -1)));
        List<String> names = new ArrayList<>();
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
                continue;
            }
            Optional<String> target = left.isEmpty() ? Optional.empty() : linkTarget(names, name, path, strict);
            if (target.isEmpty()) {
                names.add(name);
                continue;
            }
            if (++links > MOST_LINKS) {
                throw new ImageException(
                        ImageException.Kind.BAD_REQUEST, "too many symbolic links on the way to " + path);
            }
            if (target.get().startsWith("/")) {
                names.clear();
            }
            List<String> further = List.of(target.get().split("/"));
            further.reversed().forEach(left::addFirst);
        }
        return names;
    }

    private Optional<String> linkTarget(List<String> parent, String name, String path, boolean strict)
            throws IOException {
        try (Directory holder = directory(parent)) {
            Optional<FileStatus> status = holder.status(name);
            if (status.isEmpty() && strict) {
                throw notFound(path);
            }
            return status.filter(FileStatus::isSymlink).map(link -> holder.readLink(name));
        } catch (LinuxException e) {
            if (strict) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Directory directory(List<String> names) {
        return root.openDirectoryInRoot(names.isEmpty() ? "." : String.join("/", names));
    }

    private static String lastName(String path) {
        String trimmed = path;
        while (trimmed.length() > 1 && trimmed.endsWith("/")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        String name = trimmed.substring(trimmed.lastIndexOf('/') + 1);
        return name.isEmpty() ? "/" : name;
    }

    private static ImageException notFound(String path) {
        return new ImageException(ImageException.Kind.NOT_FOUND, path);
    }

    private static IOException explain(LinuxException e, String path) {
        if (e.is(Errno.ENOENT)) {
            return notFound(path);
        }
        if (e.is(Errno.ENOTDIR)) {
            return new ImageException(ImageException.Kind.BAD_REQUEST, "not a directory: " + path, e);
        }
        return new IOException(e.getMessage(), e);
    }

    @Override
    public void close() {
        root.close();
    }
}
