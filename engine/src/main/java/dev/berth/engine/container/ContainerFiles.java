package dev.berth.engine.container;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.NetworkFiles;
import dev.berth.image.files.FileTree;
import dev.berth.image.files.PathStat;
import dev.berth.image.files.TreeSize;
import dev.berth.image.layer.ArchiveUnpacker;
import dev.berth.image.layer.LayerChanges;
import dev.berth.image.oci.ImageException;
import dev.berth.image.snapshot.WritableLayer;
import dev.berth.level.Capability;
import dev.berth.level.LevelException;
import dev.berth.level.MountSpec;
import dev.berth.level.Rootfs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The files of containers, running or not: {@code docker cp}, {@code diff} and {@code export}. */
public final class ContainerFiles {
    private final ContainerIndex index;
    private final Lifecycle lifecycle;
    private final ContainerVolumes volumes;

    ContainerFiles(Facilities facilities, ContainerIndex index, Lifecycle lifecycle) {
        this.volumes = new ContainerVolumes(facilities);
        this.index = index;
        this.lifecycle = lifecycle;
    }

    /** What can be done with a path of a tree. */
    private interface Work<T> {
        T with(FileTree tree, String path) throws IOException;
    }

    /** Takes what was found before the first byte of the archive. */
    @FunctionalInterface
    public interface Begin {
        OutputStream begin(PathStat found) throws IOException;
    }

    /** Looks at a path. */
    public PathStat stat(String container, String path) {
        check(path);
        return work(index.find(container), path, true, FileTree::stat);
    }

    /** Writes what a path leads to as an archive; the stream is closed. */
    public void pack(String container, String path, Begin begin) {
        check(path);
        Container target = index.find(container);
        work(target, path, true, (tree, inside) -> {
            PathStat found = tree.stat(inside);
            try (OutputStream out = begin.begin(found)) {
                tree.pack(inside, out);
            }
            return found;
        });
        target.publish("archive-path");
    }

    /**
     * Unpacks an archive into a directory; the stream stays open.
     *
     * @param ownedByUser whether all belongs to the container's user, where that is a number or root
     */
    public void unpack(String container, String path, InputStream archive, boolean keepKind, boolean ownedByUser) {
        Container target = index.find(container);
        if (target.hostConfig().readonlyRootfs() && mountAt(target, path).isEmpty()) {
            throw new EngineException(EngineException.Kind.FORBIDDEN, "container rootfs is marked read-only");
        }
        if (mountAt(target, path).filter(ContainerFiles::isReadOnly).isPresent()) {
            throw new EngineException(EngineException.Kind.FORBIDDEN, "mounted volume is marked read-only");
        }
        Optional<ArchiveUnpacker.Owner> owner =
                ownedByUser ? owner(target.config().user()) : Optional.empty();
        check(path);
        work(target, path, true, (tree, inside) -> {
            tree.unpack(inside, archive, new ArchiveUnpacker.Options(keepKind, owner));
            return path;
        });
        target.publish("extract-to-dir");
    }

    private static Optional<ArchiveUnpacker.Owner> owner(String user) {
        String[] parts = user.split(":", 2);
        if (!parts[0].matches("\\d{1,9}")) {
            return user.isEmpty() ? Optional.of(new ArchiveUnpacker.Owner(0, 0)) : Optional.empty();
        }
        int uid = Integer.parseInt(parts[0]);
        boolean group = parts.length > 1 && parts[1].matches("\\d{1,9}");
        return Optional.of(new ArchiveUnpacker.Owner(uid, group ? Integer.parseInt(parts[1]) : uid));
    }

    /** Writes all files as an archive, what is mounted among them left out; the stream stays open. */
    public void export(String container, OutputStream out) {
        Container target = index.find(container);
        work(target, "/", false, (tree, inside) -> {
            tree.export(out);
            return target;
        });
        target.publish("export");
    }

    /** What the container has changed in its image's files; what others are mounted on for every container is no change. */
    public List<LayerChanges.Change> changes(String container) {
        Container target = index.find(container);
        try {
            Rootfs root = rootfs(target);
            List<LayerChanges.Change> changes = new ArrayList<>(LayerChanges.of(root.lower(), root.upper()));
            changes.removeIf(change -> change.kind() == LayerChanges.Kind.ADDED && NetworkFiles.isOne(change.path()));
            boolean nothingBelow =
                    changes.stream().noneMatch(change -> change.path().startsWith("/etc/"));
            changes.removeIf(change -> nothingBelow && change.path().equals("/etc"));
            return List.copyOf(changes);
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    /** How large the container's own changes are, in bytes. */
    public long size(String container) {
        Container target = index.find(container);
        try {
            Rootfs root = target.root().rootfs(false);
            return root.scratch() ? 0 : TreeSize.of(root.upper());
        } catch (IOException e) {
            throw failed(target, e);
        }
    }

    private static void check(String path) {
        if (path.isEmpty()) {
            throw EngineException.invalid("the parameter path is missing");
        }
        if (path.indexOf('\0') >= 0) {
            throw EngineException.invalid("a path has a NUL character in it");
        }
    }

    private <T> T work(Container container, String path, boolean withMounts, Work<T> work) {
        container.lock();
        boolean locked = true;
        try {
            Optional<Container.Run> run = container.run();
            if (run.isPresent()) {
                lifecycle.require(container, Capability.FILES, "look at a running container's files");
                try (FileTree tree = FileTree.at(run.get().sandbox().files())) {
                    container.unlock();
                    locked = false;
                    return work.with(tree, path);
                }
            }
            Optional<MountSpec> mount = withMounts ? mountAt(container, path) : Optional.empty();
            if (mount.isPresent()) {
                return inMount(host(mount.get()), path, work);
            }
            Rootfs root = rootfs(container);
            try (FileTree tree = FileTree.of(new WritableLayer(root.lower(), root.upper(), root.work()))) {
                return work.with(tree, path);
            }
        } catch (LevelException e) {
            throw LevelFailures.translate(e);
        } catch (IOException e) {
            throw failed(container, e);
        } finally {
            if (locked) {
                container.unlock();
            }
        }
    }

    /** In a container that does not run, mounts are not there: what is mounted is looked at where it comes from. */
    private static <T> T inMount(MountSpec.Bind mount, String path, Work<T> work) throws IOException {
        String rest = normal(path).substring(mount.target().length());
        String tail = path.endsWith("/.") ? "/." : path.endsWith("/") ? "/" : "";
        if (Files.isDirectory(mount.source())) {
            String part = mount.subpath().isEmpty() ? "" : "/" + mount.subpath();
            try (FileTree tree = FileTree.at(mount.source())) {
                return work.with(tree, part + (rest.isEmpty() ? "/" + tail : rest + tail));
            }
        }
        Path parent = Optional.ofNullable(mount.source().getParent()).orElse(Path.of("/"));
        try (FileTree tree = FileTree.at(parent)) {
            return work.with(tree, "/" + mount.source().getFileName() + rest + tail);
        }
    }

    private static MountSpec.Bind host(MountSpec mount) {
        if (mount instanceof MountSpec.Bind bind) {
            return bind;
        }
        throw EngineException.conflict("what is mounted on " + mount.target()
                + " is there only while a container that has it runs: start the container first");
    }

    private static boolean isReadOnly(MountSpec mount) {
        return switch (mount) {
            case MountSpec.Bind bind -> bind.readOnly();
            case MountSpec.FileSystem fileSystem -> fileSystem.readOnly();
            case MountSpec.Tmpfs tmpfs -> tmpfs.options().contains("ro");
        };
    }

    /** The innermost mount that a path is in; what is in memory alone counts as part of the container's own files. */
    private Optional<MountSpec> mountAt(Container container, String path) {
        String normal = normal(path);
        List<MountSpec> mounts = new ArrayList<>(Launch.inherited(container));
        mounts.addAll(volumes.specs(container, index));
        container.plan().mounts().entries().forEach(entry -> mounts.add(entry.spec()));
        return mounts.stream()
                .filter(spec -> normal.equals(spec.target()) || normal.startsWith(spec.target() + "/"))
                .max(Comparator.comparingInt(spec -> spec.target().length()))
                .filter(mount -> !(mount instanceof MountSpec.Tmpfs));
    }

    private static String normal(String path) {
        return Path.of("/" + path).normalize().toString();
    }

    private static Rootfs rootfs(Container container) throws IOException {
        Rootfs root = container.root().rootfs(false);
        if (root.scratch()) {
            throw EngineException.conflict("container " + container.shortId()
                    + " keeps its changes in memory, and only while it runs: its root contains the data root");
        }
        return root;
    }

    private static EngineException failed(Container container, IOException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof ImageException known) {
            return switch (known.kind()) {
                case NOT_FOUND ->
                    EngineException.notFound(
                            "Could not find the file " + message + " in container " + container.name());
                case BAD_REQUEST, INVALID, TOO_LARGE -> EngineException.invalid(message);
                default -> EngineException.failed(message, e);
            };
        }
        return EngineException.failed(
                "the files of container " + container.shortId() + " could not be read or written: " + message, e);
    }
}
