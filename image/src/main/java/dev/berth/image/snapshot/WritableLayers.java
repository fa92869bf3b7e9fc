package dev.berth.image.snapshot;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.quota.Hindrance;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The directories that take containers' changes: {@code containers-fs/<id>/upper} and {@code …/work}, with a record of
 * the image they lie on, which holds the image's layers as long as they exist. Making them is part of starting a
 * container, so nothing here is synced: the caller's own record of the container is what survives a power loss.
 */
public final class WritableLayers {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,254}");
    /** Before the name of the file that names the image: by its name alone, because a name is never half written. */
    private static final String MANIFEST = "manifest-";

    private final Path directory;
    private final SizeLimit limit = SizeLimit.random();

    private WritableLayers(Path directory) {
        this.directory = directory;
    }

    /** The directories below the data root. */
    public static WritableLayers open(Path dataRoot) throws IOException {
        Path directory = dataRoot.resolve("containers-fs");
        Files.createDirectories(directory);
        return new WritableLayers(directory);
    }

    /**
     * Makes the directories. The upper one gets owner and permissions of the root directory below, because it is what
     * the container sees as its root.
     *
     * @param manifest of the image
     * @param lower the image's layers, the topmost first
     * @param sizeBytes what the directories may take together; 0 for any size
     * @throws ImageException CONFLICT if the ID has directories already, BAD_REQUEST if it is malformed, or for a size
     *     where there is a {@link #sizeHindrance}
     */
    public WritableLayer create(String id, Digest manifest, List<Path> lower, long sizeBytes) throws IOException {
        check(id);
        if (sizeBytes != 0) {
            requireSizes();
        }
        try (Directory all = Directory.open(directory)) {
            makeOwn(all, id);
            try (Directory own = all.openDirectory(id);
                    Directory top = Directory.open(lower.getFirst())) {
                OptionalInt project = sizeBytes == 0 ? OptionalInt.empty() : OptionalInt.of(limit.take(own));
                own.openFile(MANIFEST + manifest, Open.WRITE | Open.CREATE, 0600)
                        .close();
                FileStatus root = top.status();
                own.makeDirectory("work", 0700);
                own.makeDirectory("upper", 0755);
                if (root.uid() != 0 || root.gid() != 0) {
                    own.changeOwner("upper", root.uid(), root.gid());
                }
                own.changeMode("upper", root.permissions());
                project.ifPresent(taken -> SizeLimit.set(own, taken, sizeBytes));
            } catch (LinuxException | ImageException e) {
                all.deleteTree(id);
                throw e;
            }
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
        return layer(id, lower);
    }

    /** The manifest of the image that the container's directories lie on, if they are there. */
    public Optional<Digest> manifest(String id) throws IOException {
        check(id);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory.resolve(id), MANIFEST + "*")) {
            for (Path file : files) {
                return Optional.of(
                        Digest.parse(String.valueOf(file.getFileName()).substring(MANIFEST.length())));
            }
            return Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The container's directories, which must be there, on these layers. */
    public WritableLayer layer(String id, List<Path> lower) {
        Path own = directory.resolve(id);
        return new WritableLayer(lower, own.resolve("upper"), own.resolve("work"));
    }

    /**
     * Why containers' directories can have no size, as their file system is mounted, and what to do about it; empty where
     * they can.
     */
    public Optional<String> sizeHindrance() throws IOException {
        return Hindrance.of(directory).map(Hindrance::toString);
    }

    /** @throws ImageException BAD_REQUEST where directories can have no size */
    public void requireSizes() throws IOException {
        Optional<String> hindrance = sizeHindrance();
        if (hindrance.isPresent()) {
            throw new ImageException(
                    ImageException.Kind.BAD_REQUEST,
                    "--storage-opt is supported only over xfs and ext4 with the 'prjquota' mount option: "
                            + hindrance.get());
        }
    }

    /** Removes the directories with all they contain; gives whether they were there. */
    public boolean remove(String id) throws IOException {
        check(id);
        try (Directory all = Directory.open(directory)) {
            Optional<FileStatus> there = all.status(id);
            if (there.filter(FileStatus::isDirectory).isPresent()) {
                try (Directory own = all.openDirectory(id)) {
                    SizeLimit.lift(own);
                }
            }
            all.deleteTree(id);
            return there.isPresent();
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The containers that have directories, in no order. */
    public List<String> list() throws IOException {
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(directory)) {
            directories.forEach(own -> ids.add(String.valueOf(own.getFileName())));
        }
        return ids;
    }

    Path directory() {
        return directory;
    }

    static boolean isId(String name) {
        return ID.matcher(name).matches();
    }

    private static void makeOwn(Directory all, String id) throws ImageException {
        try {
            all.makeDirectory(id, 0700);
        } catch (LinuxException e) {
            if (e.is(Errno.EEXIST)) {
                throw new ImageException(
                        ImageException.Kind.CONFLICT, "container " + id + " has its directories already", e);
            }
            throw e;
        }
    }

    private static void check(String id) throws ImageException {
        if (!ID.matcher(id).matches()) {
            throw new ImageException(ImageException.Kind.BAD_REQUEST, "not a container ID: " + id);
        }
    }
}
