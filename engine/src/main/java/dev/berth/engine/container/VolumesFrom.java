package dev.berth.engine.container;

import dev.berth.engine.config.HostConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.MountPlan;
import dev.berth.level.MountSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What {@code --volumes-from} comes to: binds and volumes of other containers, as they are when the container is made. */
final class VolumesFrom {
    private final ContainerIndex index;

    VolumesFrom(ContainerIndex index) {
        this.index = index;
    }

    /**
     * What a container has from others.
     *
     * @param binds of the users' own paths
     */
    record Inherited(List<InheritedVolume> binds, List<VolumeMount> volumes) {}

    /**
     * The mounts, each target once; what the container mounts itself goes before.
     *
     * @throws EngineException INVALID for a missing container or a mode, UNSUPPORTED for a volume that is part of its
     *     container's root
     */
    Inherited of(HostConfig host, MountPlan own) {
        Set<String> targets = own.targets();
        List<InheritedVolume> binds = new ArrayList<>();
        List<VolumeMount> volumes = new ArrayList<>();
        for (String text : host.volumesFrom()) {
            int colon = text.indexOf(':');
            String mode = colon < 0 ? "" : text.substring(colon + 1);
            boolean readOnly = switch (mode) {
                case "", "rw", "z", "Z" -> false;
                case "ro" -> true;
                default -> throw EngineException.invalid("invalid mode: " + mode);
            };
            Container other = find(colon < 0 ? text : text.substring(0, colon));
            for (VolumeMount volume : volumesOf(other)) {
                if (targets.add(volume.target())) {
                    volumes.add(volume.inherited(readOnly));
                }
            }
            for (InheritedVolume bind : bindsOf(other)) {
                if (targets.add(bind.target())) {
                    binds.add(new InheritedVolume(
                            "", bind.source(), bind.target(), bind.readOnly() || readOnly, bind.propagation()));
                }
            }
        }
        return new Inherited(List.copyOf(binds), List.copyOf(volumes));
    }

    /** Not NOT_FOUND where there is none: clients would take the image for what is missing, and pull it. */
    private Container find(String name) {
        try {
            return index.find(name);
        } catch (EngineException e) {
            throw new EngineException(EngineException.Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static List<InheritedVolume> bindsOf(Container other) {
        List<InheritedVolume> binds = new ArrayList<>(other.snapshot().inherited());
        for (MountPlan.Entry entry : other.plan().mounts().entries()) {
            if (entry.spec() instanceof MountSpec.Bind bind) {
                binds.add(new InheritedVolume(
                        "", bind.source().toString(), bind.target(), bind.readOnly(), bind.propagation()));
            }
        }
        return binds;
    }

    /** One that was declared before there were volumes may be part of its container's tree, which has it alone. */
    private static List<VolumeMount> volumesOf(Container other) {
        Set<String> shared = new HashSet<>();
        other.snapshot().volumes().forEach(volume -> shared.add(volume.target()));
        other.snapshot().inherited().forEach(bind -> shared.add(bind.target()));
        for (String declared : other.plan().mounts().declared()) {
            if (!shared.contains(declared)) {
                throw EngineException.unsupported("the volume " + declared + " of " + other
                        + " cannot be shared (VolumesFrom): it is part of the container's own tree, which an older"
                        + " version has made; make the container anew");
            }
        }
        return other.snapshot().volumes();
    }
}
