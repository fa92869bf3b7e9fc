package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.config.HostConfig;
import dev.berth.engine.config.NetworkingConfig;
import dev.berth.image.oci.Platform;
import java.util.Optional;

/**
 * A container to be made.
 *
 * @param name without a slash at its front, or with; empty for a generated one
 * @param platform which the image must be for; empty for whatever it is for
 */
public record CreateRequest(
        Optional<String> name,
        Optional<Platform> platform,
        ContainerConfig config,
        HostConfig hostConfig,
        NetworkingConfig networking) {}
