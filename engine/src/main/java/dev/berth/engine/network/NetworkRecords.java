package dev.berth.engine.network;

import dev.berth.engine.error.EngineException;
import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.Trees;
import dev.berth.network.NetworkException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The records of networks on the disk: a directory each, {@code networks/<id>}. */
final class NetworkRecords {
    private final Path directory;
    private final Jsonb jsonb;
    private final System.Logger log;

    NetworkRecords(Path dataRoot, Jsonb jsonb, System.Logger log) {
        this.directory = dataRoot.resolve("networks");
        this.jsonb = jsonb;
        this.log = log;
    }

    /** What is done with a record that is whole; it throws where the network cannot be had again. */
    @FunctionalInterface
    interface Reader {
        void read(NetworkRecord record, StateFile file);
    }

    /** Reads all that are whole; the others are left alone, and told of. */
    void readAll(Reader reader) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(directory)) {
            for (Path found : directories) {
                read(found, reader);
            }
        }
    }

    private void read(Path found, Reader reader) throws IOException {
        Optional<StateFile.Found> state = StateFile.read(found);
        if (state.isEmpty()) {
            if (StateFile.survey(found).damaged().isEmpty()) {
                Trees.delete(found); // its making, or its removal, was not finished
            } else {
                log.log(Level.WARNING, "the record of the network in " + found + " is damaged; it is left alone");
            }
            return;
        }
        try {
            NetworkRecord record = jsonb.type(NetworkRecord.class)
                    .fromJson(new String(state.get().json(), StandardCharsets.UTF_8));
            reader.read(record, state.get().file());
        } catch (JsonException | IllegalStateException | NetworkException | EngineException e) {
            log.log(
                    Level.WARNING,
                    "the network in " + found + " cannot be had again; it is left alone: " + e.getMessage());
        }
    }

    /** Writes a new one down. */
    StateFile write(NetworkRecord record) throws IOException {
        Path own = directory.resolve(record.id());
        Files.createDirectories(own);
        StateFile file = StateFile.in(own);
        file.write(jsonb.type(NetworkRecord.class).toJson(record).getBytes(StandardCharsets.UTF_8));
        file.settle();
        return file;
    }

    /** Removes what there is of one. */
    void delete(String id) throws IOException {
        Trees.delete(directory.resolve(id));
    }
}
