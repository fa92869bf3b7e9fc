package dev.berth.engine.container;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.MountPlan;
import dev.berth.engine.spec.MountPlan.VolumeEntry;
import dev.berth.engine.volume.VolumeSource;
import dev.berth.engine.volume.Volumes;
import dev.berth.image.files.FileTree;
import dev.berth.image.oci.ImageException;
import dev.berth.image.snapshot.WritableLayer;
import dev.berth.level.MountSpec;
import dev.berth.level.Rootfs;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What containers have to do with volumes: they take or make them, mount them, leave them, and may take them along. */
final class ContainerVolumes {
    private final Volumes volumes;
    private final System.Logger log;

    ContainerVolumes(Facilities facilities) {
        this.volumes = facilities.volumes();
        this.log = facilities.log();
    }

    /**
     * A volume that a container that is being made has taken.
     *
     * @param made whether it was made for it
     * @param copy whether it gets what the image has there
     */
    record Taken(VolumeMount mount, boolean made, boolean copy) {}

    /**
     * Takes all volumes of a container that is being made; where that fails, none.
     *
     * @throws EngineException INVALID, UNSUPPORTED
     */
    List<Taken> take(String container, MountPlan plan, VolumesFrom.Inherited inherited) {
        Set<String> covered = new HashSet<>();
        inherited.binds().forEach(bind -> covered.add(bind.target()));
        inherited.volumes().forEach(volume -> covered.add(volume.target()));
        List<VolumeEntry> wanted = new ArrayList<>(plan.volumes());
        plan.declared().stream()
                .filter(target -> !covered.contains(target))
                .map(VolumeEntry::declared)
                .forEach(wanted::add);
        List<Taken> taken = new ArrayList<>();
        try {
            for (VolumeMount mount : inherited.volumes()) {
                volumes.share(mount.volume(), container);
                taken.add(new Taken(mount, false, false));
            }
            for (VolumeEntry entry : wanted) {
                taken.add(take(container, entry));
            }
            return List.copyOf(taken);
        } catch (EngineException e) {
            giveBack(container, taken);
            // not NOT_FOUND for a driver or a volume: clients would take the image for what is missing, and pull it
            throw e.kind() == EngineException.Kind.NOT_FOUND
                    ? new EngineException(EngineException.Kind.INVALID, String.valueOf(e.getMessage()), e)
                    : e;
        }
    }

    private Taken take(String container, VolumeEntry entry) {
        Volumes.Acquired acquired = volumes.acquire(entry.request(), container);
        boolean anonymous = entry.request().name().isEmpty();
        VolumeMount mount = new VolumeMount(
                acquired.name(), entry.target(), entry.mode(), entry.readOnly(), entry.subpath(), anonymous);
        return new Taken(mount, acquired.made(), entry.copy());
    }

    /** The container has not come to be: what was made for it goes. */
    void giveBack(String container, List<Taken> taken) {
        for (Taken one : taken) {
            volumes.release(one.mount().volume(), container);
            if (one.made()) {
                removeUnlessUsed(one.mount().volume());
            }
        }
    }

    /** The container's record is written; where its volumes' cannot be, the next start finds that it is made. */
    void settle(Container container) {
        try {
            if (!container.snapshot().volumes().isEmpty()) {
                volumes.settle(container.id());
            }
        } catch (IOException e) {
            log.log(Level.WARNING, "writing the records of the volumes of " + container + " failed: " + e.getMessage());
        }
    }

    /**
     * Copies what the image has where empty volumes are mounted, with owners and modes.
     *
     * @throws EngineException INVALID where the image has a file there
     */
    void fill(List<Taken> taken, ContainerRoot root) throws IOException {
        List<Taken> empty = new ArrayList<>();
        for (Taken one : taken) {
            if (one.copy() && one.mount().subpath().isEmpty() && emptyTree(one).isPresent()) {
                empty.add(one);
            }
        }
        if (empty.isEmpty()) {
            return;
        }
        Rootfs rootfs = root.rootfs(false);
        empty.removeIf(one -> !isIn(rootfs.lower(), Path.of(one.mount().target())));
        if (empty.isEmpty()) {
            return;
        }
        try (FileTree tree = rootfs.scratch()
                ? FileTree.at(rootfs.lower().getFirst())
                : FileTree.of(new WritableLayer(rootfs.lower(), rootfs.upper(), rootfs.work()))) {
            for (Taken one : empty) {
                copy(tree, one.mount().target(), emptyTree(one).orElseThrow());
            }
        }
    }

    private static void copy(FileTree tree, String target, Path volume) throws IOException {
        try {
            tree.copyInto(target, volume);
        } catch (ImageException e) {
            if (e.kind() == ImageException.Kind.BAD_REQUEST) {
                throw new EngineException(
                        EngineException.Kind.INVALID,
                        "cannot mount volume over existing file, file exists " + target,
                        e);
            }
            throw e;
        }
    }

    /** The directory of a volume without files; none where its files are in a file system of their own. */
    private Optional<Path> emptyTree(Taken taken) throws IOException {
        if (!(volumes.source(taken.mount().volume()) instanceof VolumeSource.Tree tree) || tree.readOnly()) {
            return Optional.empty();
        }
        try (var entries = Files.newDirectoryStream(tree.directory())) {
            return entries.iterator().hasNext() ? Optional.empty() : Optional.of(tree.directory());
        }
    }

    /** Whether a layer may have the path. A link on the way counts as having it: where it leads, only the whole tells. */
    private static boolean isIn(List<Path> layers, Path target) {
        for (Path layer : layers) {
            Path path = layer;
            for (Path name : target) {
                path = path.resolve(name);
                if (Files.isSymbolicLink(path)) {
                    return true;
                }
            }
            if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    /**
     * How a container's volumes are mounted, in a level's terms.
     *
     * @param index of the containers that may have a file system mounted already
     * @throws EngineException NOT_FOUND or FAILED where a volume is gone, UNSUPPORTED
     */
    List<MountSpec> specs(Container container, ContainerIndex index) {
        return container.snapshot().volumes().stream()
                .map(mount -> spec(mount, index))
                .toList();
    }

    private MountSpec spec(VolumeMount mount, ContainerIndex index) {
        return switch (volumes.source(mount.volume())) {
            case VolumeSource.Tree tree ->
                new MountSpec.Bind(
                        tree.directory(),
                        mount.subpath(),
                        mount.target(),
                        mount.readOnly() || tree.readOnly() ? MountSpec.Access.READ_ONLY : MountSpec.Access.READ_WRITE,
                        tree.recursive() || !mount.subpath().isEmpty(),
                        "rprivate");
            case VolumeSource.FileSystem fileSystem -> {
                if (!mount.subpath().isEmpty()) {
                    throw EngineException.unsupported("a subpath (" + mount.subpath() + ") of volume " + mount.volume()
                            + " is not supported: its type is " + fileSystem.type());
                }
                Optional<MountSpec.Place> there = place(mount.volume(), index);
                VolumeSource.FileSystem wanted =
                        there.isPresent() ? fileSystem : located(fileSystem, volumes.mountpoint(mount.volume()));
                yield new MountSpec.FileSystem(
                        wanted.type(), wanted.device(), wanted.options(), mount.target(), mount.readOnly(), there);
            }
        };
    }

    private static VolumeSource.FileSystem located(VolumeSource.FileSystem fileSystem, Path mountpoint) {
        try {
            return fileSystem.located();
        } catch (UnknownHostException e) {
            throw EngineException.failed(
                    "error while mounting volume '" + mountpoint
                            + "': error resolving passed in network volume address: " + e.getMessage(),
                    e);
        }
    }

    private Optional<MountSpec.Place> place(String volume, ContainerIndex index) {
        return volumes.holder(volume)
                .flatMap(index::withId)
                .filter(holder -> holder.state().hasProcess())
                .flatMap(holder -> holder.snapshot().volumes().stream()
                        .filter(theirs -> theirs.volume().equals(volume))
                        .findFirst()
                        .map(theirs -> new MountSpec.Place(holder.id(), theirs.target())));
    }

    /** A container runs with its volumes. */
    void mounted(Container container) {
        container.snapshot().volumes().forEach(mount -> volumes.mounted(mount.volume(), container.id()));
    }

    /** Tells that a container has mounted its volumes. */
    void publishMounts(Container container) {
        for (VolumeMount mount : container.snapshot().volumes()) {
            volumes.publish(
                    "mount",
                    mount.volume(),
                    Map.of(
                            "container", container.id(),
                            "destination", mount.target(),
                            "read/write", Boolean.toString(!mount.readOnly()),
                            "propagation", ""));
        }
    }

    /** A container does not run any more. */
    void unmounted(Container container) {
        for (VolumeMount mount : container.snapshot().volumes()) {
            volumes.unmounted(mount.volume(), container.id());
            volumes.publish("unmount", mount.volume(), Map.of("container", container.id()));
        }
    }

    /** A container goes; those of its volumes that may go with it do, unless another uses them. */
    void leave(ContainerRecord record) {
        record.volumes().forEach(mount -> volumes.release(mount.volume(), record.id()));
        record.volumes().stream().filter(VolumeMount::anonymous).forEach(mount -> removeUnlessUsed(mount.volume()));
    }

    private void removeUnlessUsed(String volume) {
        try {
            volumes.remove(volume, true);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.CONFLICT) {
                log.log(Level.WARNING, "removing volume " + volume + " failed: " + e.getMessage());
            }
        }
    }
}
