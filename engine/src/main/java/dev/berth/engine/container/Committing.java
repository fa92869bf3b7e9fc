package dev.berth.engine.container;

import dev.berth.engine.config.ContainerConfig;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.spec.ConfigInstructions;
import dev.berth.engine.spec.ConfigMerge;
import dev.berth.image.CommitOptions;
import dev.berth.image.Image;
import dev.berth.image.oci.ImageException;
import dev.berth.level.LevelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes images of containers ({@code docker commit}). */
final class Committing {
    private final Facilities facilities;
    private final Lifecycle lifecycle;

    Committing(Facilities facilities, Lifecycle lifecycle) {
        this.facilities = facilities;
        this.lifecycle = lifecycle;
    }

    Image commit(Container container, CommitRequest request) {
        if (!(container.root() instanceof ContainerRoot.OfImage)) {
            throw EngineException.unsupported("container " + container.shortId()
                    + " has a tree of the host's for its root, and no image below it");
        }
        dev.berth.image.oci.ContainerConfig own = ConfigMerge.toImage(container.config());
        ContainerConfig merged =
                request.config().map(asked -> ConfigMerge.merge(asked, own, "")).orElse(container.config());
        dev.berth.image.oci.ContainerConfig config =
                ConfigInstructions.apply(ConfigMerge.toImage(merged), request.changes());
        boolean paused = request.pause() && pause(container);
        try {
            Image image = facilities
                    .images()
                    .commit(
                            container.id(),
                            new CommitOptions(
                                    config,
                                    request.author(),
                                    request.comment(),
                                    String.join(" ", container.config().cmd()),
                                    request.reference()));
            container.publish(
                    "commit",
                    "comment",
                    request.comment(),
                    "imageID",
                    image.id().toString(),
                    "imageRef",
                    request.reference().orElse(""));
            return image;
        } catch (ImageException e) {
            throw e.kind() == ImageException.Kind.BAD_REQUEST
                    ? EngineException.invalid(String.valueOf(e.getMessage()))
                    : EngineException.failed("committing " + container + " failed: " + e.getMessage(), e);
        } catch (IOException e) {
            throw EngineException.failed("committing " + container + " failed: " + e.getMessage(), e);
        } finally {
            if (paused) {
                resume(container);
            }
        }
    }

    /** Stops a running container's processes where they are; gives whether it did. */
    private boolean pause(Container container) {
        if (container.state().status() != State.Status.RUNNING) {
            return false;
        }
        try {
            Files.write(mark(container), new byte[0]);
            lifecycle.pause(container);
            return true;
        } catch (IOException e) {
            throw EngineException.failed("pausing " + container + " for a commit failed: " + e.getMessage(), e);
        } catch (EngineException e) {
            unmark(container);
            if (e.kind() == EngineException.Kind.CONFLICT) {
                return false; // it has ended just now
            }
            throw e;
        }
    }

    private void resume(Container container) {
        try {
            lifecycle.unpause(container);
        } catch (EngineException | LevelException e) {
            facilities.log().log(System.Logger.Level.WARNING, "resuming " + container + " failed: " + e.getMessage());
        }
        unmark(container);
    }

    /** A file that says that the container stands still for a commit alone: an engine that dies cannot have it go on. */
    static Path mark(Container container) {
        return container.directory().resolve("committing");
    }

    private void unmark(Container container) {
        try {
            Files.deleteIfExists(mark(container));
        } catch (IOException e) {
            facilities.log().log(
                    System.Logger.Level.WARNING, "removing " + mark(container) + " failed: " + e.getMessage());
        }
    }
}
