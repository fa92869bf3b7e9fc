package dev.berth.engine.container;

import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.StateFileCheck;
import dev.berth.engine.state.Trees;
import dev.berth.image.Images;
import dev.berth.image.check.Holders;
import dev.berth.image.check.Inspection;
import dev.berth.image.oci.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks containers' directories and the files of their state, of a data root with or without an engine. */
public final class StateCheck implements Holders {
    private static final String ID = "[0-9a-f]{64}";

    private final Path containers;
    private final Path volumes;
    private final Images images;
    private final Jsonb jsonb;
    private final Live live;
    private final Map<String, String> idsByName = new HashMap<>();

    /** What an engine that runs meanwhile knows. */
    interface Live {
        /** The container, if it is there. */
        Optional<Container> container(String id);

        /** Whether it is just being made, or what is left of it just being removed. */
        boolean isUnderWay(String id);
    }

    private static final Live NONE = new Live() {
        @Override
        public Optional<Container> container(String id) {
            return Optional.empty();
        }

        @Override
        public boolean isUnderWay(String id) {
            return false;
        }
    };

    StateCheck(Path dataRoot, Images images, Jsonb jsonb, Live live) {
        this.containers = dataRoot.resolve("containers");
        this.volumes = dataRoot.resolve("volumes");
        this.images = images;
        this.jsonb = jsonb;
        this.live = live;
    }

    /** For a data root that no engine has, or can get, open. */
    public static StateCheck offline(Path dataRoot, Images images) {
        return new StateCheck(
                dataRoot, images, Jsonb.builder().adapter(LongTexts.stream()).build(), NONE);
    }

    /** Checks all containers. */
    public void run(Inspection inspection) throws IOException {
        if (!Files.isDirectory(containers)) {
            return;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(containers)) {
            for (Path directory : directories) {
                String id = String.valueOf(directory.getFileName());
                if (!id.matches(ID) || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                    inspection.foreign("file", directory);
                    continue;
                }
                Optional<Container> container = live.container(id);
                if (container.isPresent()) {
                    checkLive(inspection, container.get());
                    checkVolumes(inspection, container.get().snapshot());
                } else if (!live.isUnderWay(id)) {
                    check(inspection, id, directory);
                }
            }
        }
    }

    @Override
    public boolean exists(String id) {
        return id.matches(ID) ? Files.isDirectory(containers.resolve(id)) : live.isUnderWay(id);
    }

    @Override
    public Set<String> ofImages() throws IOException {
        Set<String> ids = new HashSet<>();
        for (ContainerRecord record : records()) {
            if (record.hostConfig().rootfs().isEmpty() && record.state().status() != State.Status.REMOVING) {
                ids.add(record.id());
            }
        }
        return ids;
    }

    @Override
    public Set<String> running() throws IOException {
        Set<String> ids = new HashSet<>();
        for (ContainerRecord record : records()) {
            if (record.state().isRunning()) {
                ids.add(record.id());
            }
        }
        return ids;
    }

    /** Of those that an engine has, as it has them: nothing is read again while it waits. */
    private List<ContainerRecord> records() throws IOException {
        List<ContainerRecord> records = new ArrayList<>();
        if (!Files.isDirectory(containers)) {
            return records;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(containers)) {
            for (Path directory : directories) {
                Optional<Container> container = live.container(String.valueOf(directory.getFileName()));
                (container.isPresent() ? container.map(Container::snapshot) : read(directory)).ifPresent(records::add);
            }
        }
        return records;
    }

    private Optional<ContainerRecord> read(Path directory) throws IOException {
        try {
            Optional<StateFile.Found> found = StateFile.read(directory);
            return found.isEmpty() ? Optional.empty() : Optional.of(parse(found.get()));
        } catch (JsonException | IllegalStateException | NoSuchFileException | NotDirectoryException e) {
            return Optional.empty();
        }
    }

    private ContainerRecord parse(StateFile.Found found) {
        return jsonb.type(ContainerRecord.class).fromJson(new String(found.json(), StandardCharsets.UTF_8));
    }

    /** Of one that an engine has, the engine knows best. */
    private static void checkLive(Inspection inspection, Container container) throws IOException {
        container.lock();
        try {
            if (!container.isOnDisk()) {
                inspection.damaged(
                        subject(container.id()),
                        "its state on the disk is not the one it is in",
                        "written again",
                        container::write);
            }
        } finally {
            container.unlock();
        }
    }

    private void check(Inspection inspection, String id, Path directory) throws IOException {
        StateFile.Survey survey;
        try {
            survey = StateFile.survey(directory);
        } catch (NoSuchFileException e) {
            return; // it was removed meanwhile
        }
        if (survey.found().isEmpty()) {
            for (Path file : survey.damaged()) {
                inspection.lost(
                        "file " + file,
                        "its checksum is wrong",
                        "remove " + directory + " to go on without the container");
            }
            if (survey.damaged().isEmpty()) {
                inspection.unfinished(
                        subject(id), "its making or its removal was not finished", "removed", () -> remove(id));
            }
            return;
        }
        StateFileCheck.run(inspection, survey);
        checkRecord(inspection, id, survey.found().get());
    }

    private void checkRecord(Inspection inspection, String id, StateFile.Found found) {
        ContainerRecord record;
        try {
            record = parse(found);
        } catch (JsonException | IllegalStateException e) {
            inspection.lost(
                    subject(id),
                    "its state cannot be understood: " + e.getMessage(),
                    "another version of Berth may have written it; remove its directory to go on without it");
            return;
        }
        if (!record.id().equals(id)) {
            inspection.lost(
                    subject(id),
                    "its state is that of container " + Container.shortId(record.id()),
                    "remove its directory to go on without it");
            return;
        }
        if (record.state().status() == State.Status.REMOVING) {
            inspection.unfinished(subject(id), "its removal was not finished", "removed", () -> remove(id));
            return;
        }
        checkVolumes(inspection, record);
        String other = idsByName.putIfAbsent(record.name(), id);
        if (other != null) {
            inspection.lost(
                    subject(id),
                    "its name, " + record.name() + ", is container " + Container.shortId(other) + "'s too",
                    "rename it by its ID");
        }
    }

    private void checkVolumes(Inspection inspection, ContainerRecord record) {
        for (VolumeMount mount : record.volumes()) {
            if (!Files.exists(volumes.resolve(mount.volume()), LinkOption.NOFOLLOW_LINKS)) {
                inspection.lost(
                        subject(record.id()),
                        "its volume " + mount.volume() + " is gone",
                        "make it again with \"volume create\", and its files are gone; or remove the container");
            }
        }
    }

    private void remove(String id) throws IOException {
        images.removeWritable(id);
        Trees.delete(containers.resolve(id));
    }

    private static String subject(String id) {
        return "container " + Container.shortId(id);
    }
}
