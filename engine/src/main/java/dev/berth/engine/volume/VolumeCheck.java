package dev.berth.engine.volume;

import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.StateFileCheck;
import dev.berth.image.check.Inspection;
import dev.berth.image.oci.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Checks volumes' directories and records, of a data root with or without an engine. No repair takes away a file of a
 * volume: they are the users' own.
 */
public final class VolumeCheck {
    private final Path directory;
    private final Jsonb jsonb;
    private final Function<String, Optional<Volume>> live;

    /** @param live the volume of a name, where an engine has it */
    VolumeCheck(Path directory, Jsonb jsonb, Function<String, Optional<Volume>> live) {
        this.directory = directory;
        this.jsonb = jsonb;
        this.live = live;
    }

    /** For a data root that no engine has, or can get, open. */
    public static VolumeCheck offline(Path dataRoot) {
        return new VolumeCheck(
                VolumeDirectory.of(dataRoot),
                Jsonb.builder().adapter(LongTexts.stream()).build(),
                name -> Optional.empty());
    }

    /** Checks all volumes. */
    public void run(Inspection inspection) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (VolumeDirectory.isLeftover(name)) {
                    continue; // of one that is just being made or removed, or that the next start removes
                }
                if (!VolumeNames.isOne(name) || !Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    inspection.foreign("file", entry);
                    continue;
                }
                check(inspection, name, entry);
            }
        }
    }

    private void check(Inspection inspection, String name, Path entry) throws IOException {
        try {
            Optional<Volume> volume = live.apply(name);
            if (volume.isPresent()) {
                checkLive(inspection, volume.get());
            } else {
                checkRecord(inspection, name, entry);
            }
            checkFiles(inspection, name, entry);
        } catch (NoSuchFileException e) {
            if (Files.isDirectory(entry)) { // else it was removed meanwhile
                throw e;
            }
        }
    }

    /** Of one that an engine has, the engine knows best. */
    private void checkLive(Inspection inspection, Volume volume) throws IOException {
        if (!volume.isOnDisk() && live.apply(volume.name()).isPresent()) {
            inspection.damaged(
                    subject(volume.name()),
                    "its record on the disk is not the one it has",
                    "written again",
                    volume::write);
        }
    }

    private void checkRecord(Inspection inspection, String name, Path entry) throws IOException {
        StateFile.Survey survey = StateFile.survey(entry);
        if (survey.found().isPresent()) {
            StateFileCheck.run(inspection, survey);
            checkContent(inspection, name, survey.found().get());
        } else {
            List<Path> unreadable = new ArrayList<>(survey.damaged());
            unreadable.addAll(survey.cut());
            inspection.damaged(
                    subject(name),
                    unreadable.isEmpty() ? "it has no record" : "its record is damaged",
                    "given a new record, without labels and options, that the next start reads; its files stay",
                    () -> replaceRecord(name, entry, unreadable));
        }
    }

    private void replaceRecord(String name, Path entry, List<Path> unreadable) throws IOException {
        for (Path file : unreadable) {
            Files.deleteIfExists(file);
        }
        VolumeRecord record = new VolumeRecord(name, Instant.now(), Optional.empty(), Optional.empty(), "");
        Volume volume = new Volume(jsonb, entry, StateFile.in(entry), record);
        volume.write();
        volume.save();
    }

    private void checkContent(Inspection inspection, String name, StateFile.Found found) {
        try {
            VolumeRecord record = Volumes.parse(jsonb, found);
            if (!record.name().equals(name)) {
                inspection.lost(
                        subject(name),
                        "its record is that of volume " + record.name(),
                        "rename its directory to that, or remove the record to keep its files under this name");
            }
        } catch (JsonException | IllegalStateException e) {
            inspection.lost(
                    subject(name),
                    "its record cannot be understood: " + e.getMessage(),
                    "another version of Berth may have written it; remove the record to keep its files without it");
        }
    }

    private void checkFiles(Inspection inspection, String name, Path entry) {
        Path data = entry.resolve(VolumeDirectory.DATA);
        boolean isStillThere = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
        if (isStillThere && !Files.isDirectory(data, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.exists(data, LinkOption.NOFOLLOW_LINKS)) {
                inspection.lost(subject(name), data + " is no directory", "move it away to go on without it");
                return;
            }
            inspection.damaged(
                    subject(name),
                    "its directory of files is gone",
                    "made again, empty",
                    () -> VolumeDirectory.make(entry));
        }
    }

    private static String subject(String name) {
        return "volume " + name;
    }
}
