package dev.berth.engine.container;

import dev.berth.engine.container.State.Status;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.Trees;
import dev.berth.level.Capability;
import dev.berth.level.LevelException;
import io.avaje.json.JsonException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The containers as the last engine left them: read, and where it left something half done, finished. */
final class Recovery {
    private final Facilities facilities;
    private final Lifecycle lifecycle;
    private final ContainerVolumes volumes;
    /** Containers whose removal an engine before has begun. */
    private final List<ContainerRecord> removed = new ArrayList<>();

    Recovery(Facilities facilities, Lifecycle lifecycle) {
        this.facilities = facilities;
        this.lifecycle = lifecycle;
        this.volumes = new ContainerVolumes(facilities);
    }

    /** Puts all into the index; gives those that a policy starts again. */
    List<Container> recover(ContainerIndex index) throws IOException {
        Files.createDirectories(facilities.containers());
        Files.createDirectories(facilities.sandboxes());
        List<Container> wanted = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(facilities.containers())) {
            for (Path directory : directories) {
                read(directory).ifPresent(index::addWithName);
            }
        }
        referToVolumes(index);
        facilities
                .networks()
                .restore(index.all().stream()
                        .filter(container -> container.state().hasProcess())
                        .map(container -> container.snapshot().network())
                        .toList());
        for (Container container : index.all()) {
            if (settle(container)) {
                wanted.add(container);
            }
        }
        removeOrphans(index);
        facilities.levels().recovered();
        return wanted;
    }

    /** Whose volumes are in use is known once all are read; those of removed containers go then. */
    private void referToVolumes(ContainerIndex index) throws IOException {
        for (Container container : index.all()) {
            container.snapshot().volumes().forEach(mount -> facilities.volumes().refer(mount.volume(), container.id()));
        }
        new OlderVolumes(facilities, index).moveOver();
        removed.forEach(volumes::leave);
        facilities.volumes().recovered();
    }

    /** Directories for changes, and sandboxes' directories, whose container is no more. */
    private void removeOrphans(ContainerIndex index) throws IOException {
        for (String id : facilities.images().writables()) {
            if (!Files.exists(facilities.containers().resolve(id))) {
                facilities.log().log(Level.INFO, "removing changes of container " + id + ", which is not there");
                facilities.images().removeWritable(id);
            }
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(facilities.sandboxes())) {
            for (Path directory : directories) {
                String id = String.valueOf(directory.getFileName());
                if (!index.has(id)) {
                    facilities.levels().made().forEach(level -> level.discard(id, directory));
                    Trees.delete(directory);
                }
            }
        }
    }

    private Optional<Container> read(Path directory) throws IOException {
        String id = String.valueOf(directory.getFileName());
        if (!id.matches("[0-9a-f]{64}")) {
            facilities.log().log(Level.WARNING, directory + " is no container's directory; it is left alone");
            return Optional.empty();
        }
        Optional<StateFile.Found> found = StateFile.read(directory);
        if (found.isEmpty() && !StateFile.survey(directory).damaged().isEmpty()) {
            facilities.log().log(
                    Level.WARNING, "the state in " + directory + " is damaged; it is left alone: see system fsck");
            return Optional.empty();
        }
        if (found.isEmpty()) {
            facilities.log().log(
                    Level.INFO, "removing container " + Container.shortId(id) + ", which was not finished");
            remove(directory, id);
            return Optional.empty();
        }
        try {
            ContainerRecord record = facilities
                    .jsonb()
                    .type(ContainerRecord.class)
                    .fromJson(new String(found.get().json(), StandardCharsets.UTF_8));
            return take(directory, record, found.get().file());
        } catch (JsonException | IllegalStateException | EngineException e) {
            facilities.log().log(
                    Level.WARNING,
                    "the state in " + directory + " cannot be understood; it is left alone: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Container> take(Path directory, ContainerRecord record, StateFile file) throws IOException {
        if (record.state().status() == Status.REMOVING) {
            facilities.log().log(Level.INFO, "finishing the removal of container " + Container.shortId(record.id()));
            removed.add(record);
            remove(directory, record.id());
            return Optional.empty();
        }
        ContainerRoot root = record.hostConfig().rootfs().isEmpty()
                ? ContainerRoot.OfImage.later(facilities.images(), record.id())
                : ContainerRoot.OfTree.of(Path.of(record.hostConfig().rootfs()), directory);
        return Optional.of(new Container(facilities, record, file, root));
    }

    private void remove(Path directory, String id) throws IOException {
        facilities.images().removeWritable(id);
        Trees.delete(directory);
    }

    /** Takes up what runs, and marks as ended what does not any more; gives whether it is to be started again. */
    private boolean settle(Container container) {
        container.lock();
        try {
            State state = container.state();
            if (state.hasProcess()) {
                if (takeUp(container)) {
                    agree(container);
                    return false; // its policy is followed when it ends, or has ended
                }
                lifecycle.discard(container);
                facilities.networks().release(container.snapshot().network());
                container.network(Optional.empty());
                container.enter(state.ended(Status.EXITED, Signals.KILL + 128, false, Instant.now()));
            } else {
                discardHalfStarted(container);
                if (state.status() == Status.RESTARTING) {
                    container.enter(state.interrupted());
                }
            }
            return Restarts.followsOpening(container.hostConfig().restartPolicy(), container.state());
        } catch (EngineException e) {
            facilities.log().log(Level.WARNING, "what " + container + " has left cannot be freed: " + e.getMessage());
            return false;
        } finally {
            container.unlock();
        }
    }

    private boolean takeUp(Container container) {
        try {
            boolean taken = lifecycle.takeUp(container);
            facilities.log().log(
                    Level.INFO,
                    container
                            + (taken
                                    ? " is taken up again"
                                    : " has not outlived the engine before: how it ended is not known"));
            return taken;
        } catch (IOException | EngineException e) {
            facilities.log().log(Level.WARNING, container + " cannot be taken up, it is ended: " + e.getMessage());
            return false;
        }
    }

    /**
     * Has the processes stand still or go on as the state says: an engine that died may have done the one and not
     * written the other. What stood still for a commit goes on.
     */
    private void agree(Container container) {
        try {
            boolean committing = Files.deleteIfExists(Committing.mark(container));
            Status status = container.state().status();
            if (status == Status.PAUSED && committing) {
                lifecycle.unpause(container);
            } else if (status == Status.PAUSED) {
                Lifecycle.running(container, "").sandbox().pause();
            } else if (status == Status.RUNNING && lifecycle.can(container, Capability.PAUSE)) {
                Lifecycle.running(container, "").sandbox().resume();
            }
        } catch (IOException | EngineException | LevelException e) {
            facilities.log().log(
                    Level.DEBUG,
                    container + " has ended while it was taken up, or is not as it says: " + e.getMessage());
        }
    }

    /** An engine that died in the middle of a start has left a sandbox of which no state tells. */
    private void discardHalfStarted(Container container) {
        Path directory = container.sandboxDirectory();
        if (directory.toFile().list() instanceof String[] files && files.length > 0) {
            lifecycle.discard(container);
        }
    }
}
