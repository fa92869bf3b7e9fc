package dev.berth.engine.container;

import dev.berth.engine.container.State.Status;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.state.StateFile;
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

    Recovery(Facilities facilities) {
        this.facilities = facilities;
    }

    /** Puts all into the index; gives those that a policy starts again. */
    List<Container> recover(ContainerIndex index) throws IOException {
        Files.createDirectories(facilities.containers());
        Files.createDirectories(facilities.sandboxes());
        List<Container> wanted = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(facilities.containers())) {
            for (Path directory : directories) {
                Optional<Container> container = read(directory);
                container.ifPresent(index::addWithName);
                container.filter(this::settle).ifPresent(wanted::add);
            }
        }
        removeOrphans(index);
        return wanted;
    }

    /** Sandboxes' directories whose container is no more. */
    private void removeOrphans(ContainerIndex index) throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(facilities.sandboxes())) {
            for (Path directory : directories) {
                if (!index.has(String.valueOf(directory.getFileName()))) {
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

    /** Marks as ended what cannot run any more; gives whether it is to be started again. */
    private boolean settle(Container container) {
        container.lock();
        try {
            State state = container.state();
            if (state.hasProcess()) {
                // making the level ends what a crashed engine has left of it
                facilities.levels().get(container.snapshot().level());
                container.enter(state.ended(Status.EXITED, Signals.KILL + 128, false, Instant.now()));
            } else if (state.status() == Status.RESTARTING) {
                container.enter(state.interrupted());
            }
            return Restarts.followsOpening(container.hostConfig().restartPolicy(), container.state());
        } catch (EngineException e) {
            facilities.log().log(Level.WARNING, "what " + container + " has left cannot be freed: " + e.getMessage());
            return false;
        } finally {
            container.unlock();
        }
    }
}
