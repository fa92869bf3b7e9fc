package dev.berth.engine.container;

import dev.berth.engine.container.ContainerInspection.RootfsView;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.MountPlan;
import dev.berth.engine.volume.VolumeInspection;
import dev.berth.level.MountSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is told of a container to those who ask. */
final class Inspections {
    private Inspections() {}

    /** All of it, from one instant's record. */
    static ContainerInspection of(Container container, List<String> linkNames, List<String> execIds, boolean withRoot) {
        ContainerRecord record = container.snapshot();
        List<String> command = new ArrayList<>(record.config().entrypoint());
        command.addAll(record.config().cmd());
        Optional<RootfsView> root = withRoot ? container.root().view() : Optional.empty();
        return new ContainerInspection(
                record.id(),
                record.name(),
                linkNames,
                record.created(),
                command.isEmpty() ? "" : command.getFirst(),
                command.isEmpty() ? List.of() : List.copyOf(command.subList(1, command.size())),
                state(container, record.state()),
                record.imageId(),
                record.level(),
                container.platform().toString(),
                record.state().restartCount(),
                container.networkFiles(),
                container.log().path(),
                mounts(container),
                record.config(),
                record.hostConfig(),
                container.networkMode(),
                container.places(),
                record.network().ports(),
                execIds,
                root);
    }

    private static StateView state(Container container, State state) {
        return new StateView(
                state.status().word(),
                state.isRunning(),
                state.status() == State.Status.PAUSED,
                state.status() == State.Status.RESTARTING,
                state.oomKilled(),
                state.status() == State.Status.DEAD,
                state.pid(),
                state.exitCode(),
                state.error(),
                state.startedAt(),
                state.finishedAt(),
                container.health());
    }

    /** What is mounted into it but what it always has. */
    static List<MountPoint> mounts(Container container) {
        try {
            List<MountPoint> points = new ArrayList<>();
            for (MountPlan.Entry entry : container.plan().mounts().entries()) {
                if (!container
                        .hostConfig()
                        .tmpfs()
                        .containsKey(entry.spec().target())) { // which Docker shows there alone
                    points.add(mount(entry));
                }
            }
            for (InheritedVolume volume : container.snapshot().inherited()) {
                points.add(new MountPoint(
                        "bind",
                        "",
                        volume.source(),
                        volume.target(),
                        "",
                        volume.readOnly() ? "ro" : "",
                        !volume.readOnly(),
                        volume.propagation()));
            }
            for (VolumeMount mount : container.snapshot().volumes()) {
                points.add(new MountPoint(
                        "volume",
                        mount.volume(),
                        container.mountpoint(mount).toString(),
                        mount.target(),
                        VolumeInspection.DRIVER,
                        mount.mode(),
                        !mount.readOnly(),
                        ""));
            }
            return List.copyOf(points);
        } catch (EngineException e) {
            return List.of(); // the host has changed since the container was made: the next start will say how
        }
    }

    private static MountPoint mount(MountPlan.Entry entry) {
        return switch (entry.spec()) {
            case MountSpec.Bind bind ->
                new MountPoint(
                        "bind",
                        "",
                        bind.source().toString(),
                        bind.target(),
                        "",
                        entry.mode(),
                        !bind.readOnly(),
                        bind.propagation());
            case MountSpec.FileSystem fileSystem ->
                throw new IllegalStateException("a plan has file systems in its volumes: " + fileSystem.target());
            case MountSpec.Tmpfs tmpfs ->
                new MountPoint(
                        "tmpfs",
                        "",
                        "",
                        tmpfs.target(),
                        "",
                        entry.mode(),
                        !tmpfs.options().contains("ro"),
                        "");
        };
    }
}
