package dev.berth.image;

import dev.berth.image.oci.ContainerConfig;
import java.util.Optional;

/**
 * What an image is given that is made of a container's changes.
 *
 * @param config what its containers start with
 * @param createdBy the history's word on what made the changes
 * @param reference its name; empty for none
 */
public record CommitOptions(
        ContainerConfig config, String author, String comment, String createdBy, Optional<String> reference) {}
