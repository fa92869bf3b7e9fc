package dev.berth.engine.volume;

import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.StateWriter;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/** One volume: what it is, and who uses it. Who uses it is a matter of the lock of {@link Volumes}, its record of its own. */
final class Volume implements StateWriter.Saved {
    private final Jsonb jsonb;
    private final Path directory;
    private final StateFile file;
    private final Set<String> users = new TreeSet<>();
    private final Set<String> mountedBy = new LinkedHashSet<>();
    private volatile VolumeRecord record;
    private boolean gone;

    Volume(Jsonb jsonb, Path directory, StateFile file, VolumeRecord record) {
        this.jsonb = jsonb;
        this.directory = directory;
        this.file = file;
        this.record = record;
    }

    String name() {
        return record.name();
    }

    VolumeRecord record() {
        return record;
    }

    /** The ids of the containers that use it, running or not. */
    Set<String> users() {
        return users;
    }

    /** The ids of the containers that run with it, in the order in which they were started. */
    Set<String> mountedBy() {
        return mountedBy;
    }

    Path data() {
        return directory.resolve(VolumeDirectory.DATA);
    }

    boolean isAnonymous() {
        return record.labels()
                .filter(labels -> labels.containsKey(Volumes.ANONYMOUS))
                .isPresent();
    }

    /** The container that it was made for is made too. */
    synchronized void settle() throws IOException {
        record = record.settled();
        write();
    }

    /** Writes the state at once, so that it outlasts this process. */
    synchronized void write() throws IOException {
        file.write(json());
    }

    private byte[] json() {
        return jsonb.type(VolumeRecord.class).toJson(record).getBytes(StandardCharsets.UTF_8);
    }

    /** Whether the file of state says what its state is. */
    synchronized boolean isOnDisk() throws IOException {
        return gone || file.isLast(json());
    }

    /** Ends it at once: all of it is in another directory then. */
    synchronized void moveTo(Path grave) throws IOException {
        Files.move(directory, grave, StandardCopyOption.ATOMIC_MOVE);
        gone = true;
    }

    @Override
    public synchronized void save() throws IOException {
        if (gone) {
            return;
        }
        file.settle();
        try (FileChannel names = FileChannel.open(directory.resolveSibling(""), StandardOpenOption.READ)) {
            names.force(true);
        }
    }

    @Override
    public String toString() {
        return "volume " + record.name();
    }
}
