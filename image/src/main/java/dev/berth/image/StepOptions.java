package dev.berth.image;

import dev.berth.image.oci.ContainerConfig;
import dev.berth.image.oci.History;
import dev.berth.image.oci.Platform;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What an image is given that a build has come to.
 *
 * @param history how it came about, with the steps of the image it is made of; the last is that of the changes
 * @param latest no file's time is to be after this; empty to leave times as they are
 */
public record StepOptions(
        Platform platform,
        ContainerConfig config,
        String author,
        Instant created,
        List<History> history,
        Optional<Instant> latest) {
    public StepOptions {
        history = List.copyOf(history);
    }
}
