package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.network.NetworkPlace;
import dev.berth.engine.network.Published;
import dev.berth.engine.spec.NetworkFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All there is to know about a container, at one instant.
 *
 * @param name without a slash
 * @param linkNames by which containers of the default network are linked with it: {@code client/database}
 * @param path the program of its first process
 * @param imageId {@code sha256:…}; empty where it has no image
 * @param config merged with the image's
 * @param level the level of virtualization it runs at
 * @param platform {@code linux/amd64}
 * @param logPath empty where the driver keeps no file
 * @param networkMode the mode that is in effect: {@code none} or {@code host} or {@code container:…}, or the network asked for
 * @param ports of the host that lead to it
 * @param rootfs the directories of its root; empty where it has none now
 */
public record ContainerInspection(
        String id,
        String name,
        List<String> linkNames,
        Instant created,
        String path,
        List<String> args,
        StateView state,
        String imageId,
        String level,
        String platform,
        int restartCount,
        NetworkFiles networkFiles,
        Optional<Path> logPath,
        List<MountPoint> mounts,
        ContainerConfig config,
        HostConfig hostConfig,
        String networkMode,
        List<NetworkPlace> networks,
        List<Published> ports,
        List<String> execIds,
        Optional<RootfsView> rootfs) {

    /** With another request of its own. */
    ContainerInspection with(HostConfig otherHostConfig) {
        return new ContainerInspection(
                id,
                name,
                linkNames,
                created,
                path,
                args,
                state,
                imageId,
                level,
                platform,
                restartCount,
                networkFiles,
                logPath,
                mounts,
                config,
                otherHostConfig,
                networkMode,
                networks,
                ports,
                execIds,
                rootfs);
    }

    /** The directories of a root, the topmost lower one first. */
    public record RootfsView(List<Path> lower, Path upper, Path work) {}
}
