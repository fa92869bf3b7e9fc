package dev.berth.engine.container;

import dev.berth.engine.config.HostConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.AnonymousVolumes;
import dev.berth.engine.spec.MountPlan;
import dev.berth.level.MountSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What {@code --volumes-from} comes to: binds and volumes of other containers, as they are when the container is made. */
final class VolumesFrom {
    private final ContainerIndex index;

    VolumesFrom(ContainerIndex index) {
        this.index = index;
    }

    /**
     * The mounts, each target once; what the container mounts itself goes before.
     *
     * @throws EngineException INVALID for a missing container or a mode, UNSUPPORTED for a volume that is part of its
     *     container's root
     */
    List<InheritedVolume> of(HostConfig host, MountPlan own) {
        Set<String> targets = new HashSet<>();
        own.entries().forEach(entry -> targets.add(entry.spec().target()));
        List<InheritedVolume> inherited = new ArrayList<>();
        for (String text : host.volumesFrom()) {
            int colon = text.indexOf(':');
            String mode = colon < 0 ? "" : text.substring(colon + 1);
            boolean readOnly = switch (mode) {
                case "", "rw", "z", "Z" -> false;
                case "ro" -> true;
                default -> throw EngineException.invalid("invalid mode: " + mode);
            };
            for (InheritedVolume volume : volumesOf(find(colon < 0 ? text : text.substring(0, colon)))) {
                if (targets.add(volume.target())) {
                    inherited.add(new InheritedVolume(
                            volume.from(),
                            volume.source(),
                            volume.target(),
                            volume.readOnly() || readOnly,
                            volume.propagation()));
                }
            }
        }
        return List.copyOf(inherited);
    }

    /** Not NOT_FOUND where there is none: clients would take the image for what is missing, and pull it. */
    private Container find(String name) {
        try {
            return index.find(name);
        } catch (EngineException e) {
            throw new EngineException(EngineException.Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<InheritedVolume> volumesOf(Container other) {
        List<InheritedVolume> volumes = new ArrayList<>(other.snapshot().inherited());
        Set<String> taken = new HashSet<>();
        volumes.forEach(volume -> taken.add(volume.target()));
        for (MountPlan.Entry entry : other.plan().mounts().entries()) {
            taken.add(entry.spec().target());
            if (entry.spec() instanceof MountSpec.Bind bind) {
                volumes.add(of("", bind));
            }
        }
        try {
            var rootfs = other.root().rootfs(other.hostConfig().readonlyRootfs());
            Set<String> declared =
                    new HashSet<>(AnonymousVolumes.targets(other.config().volumes(), taken));
            for (MountSpec mount : AnonymousVolumes.make(other.config().volumes(), taken, rootfs, other.directory())) {
                declared.remove(mount.target());
                if (mount instanceof MountSpec.Bind bind) {
                    volumes.add(of(other.id(), bind));
                }
            }
            if (!declared.isEmpty()) {
                throw EngineException.unsupported(
                        "the volume " + declared.iterator().next() + " of " + other
                                + " cannot be shared (VolumesFrom): its image has files there, and it is part of the"
                                + " container's own tree; mount a directory of the host there instead");
            }
        } catch (IOException e) {
            throw EngineException.failed("taking over the volumes of " + other + " failed: " + e.getMessage(), e);
        }
        return volumes;
    }

    private static InheritedVolume of(String from, MountSpec.Bind bind) {
        return new InheritedVolume(from, bind.source().toString(), bind.target(), bind.readOnly(), bind.propagation());
    }

    /** @throws EngineException CONFLICT where another container uses volumes that would go with this one */
    void refuseRemoval(Container container) {
        Optional<Container> user = index.all().stream()
                .filter(other -> other.snapshot().inherited().stream()
                        .anyMatch(volume -> volume.from().equals(container.id())))
                .findFirst();
        if (user.isPresent()) {
            throw EngineException.conflict("cannot remove " + container + ": its volumes are used by " + user.get()
                    + " (VolumesFrom), and would be gone: remove that first");
        }
    }
}
