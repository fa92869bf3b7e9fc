package dev.berth.engine.volume;

import dev.berth.engine.config.Limits;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.Event;
import dev.berth.engine.event.Events;
import dev.berth.engine.state.Ids;
import dev.berth.engine.state.StateFile;
import dev.berth.engine.state.StateWriter;
import dev.berth.engine.state.Trees;
import dev.berth.image.files.TreeSize;
import io.avaje.json.JsonException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The volumes of an engine. One that containers use cannot be removed; who uses it is known by the containers' records,
 * and told here when they are made, read and removed.
 */
public final class Volumes {
    /** The label of volumes that were given no name (Docker's). */
    static final String ANONYMOUS = "com.docker.volume.anonymous";

    private final Path directory;
    private final Events events;
    private final StateWriter writer;
    private final Jsonb jsonb;
    private final System.Logger log;
    private final Map<String, Volume> volumes = new TreeMap<>();
    /** Names of directories whose records cannot be read. */
    private final Set<String> unreadable = new HashSet<>();

    private Volumes(Path directory, Events events, StateWriter writer, Jsonb jsonb, System.Logger log) {
        this.directory = directory;
        this.events = events;
        this.writer = writer;
        this.jsonb = jsonb;
        this.log = log;
    }

    /** Reads the volumes that are there, and removes what an engine before has not finished. */
    public static Volumes open(Path dataRoot, Events events, StateWriter writer, Jsonb jsonb, System.Logger log)
            throws IOException {
        Volumes volumes = new Volumes(VolumeDirectory.of(dataRoot), events, writer, jsonb, log);
        VolumeDirectory.make(volumes.directory, "rwx-----x");
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(volumes.directory)) {
            for (Path found : directories) {
                volumes.read(found);
            }
        }
        return volumes;
    }

    private void read(Path found) throws IOException {
        String name = String.valueOf(found.getFileName());
        if (VolumeDirectory.isLeftover(name)) {
            Trees.delete(found);
            return;
        }
        if (!VolumeNames.isOne(name) || !Files.isDirectory(found, LinkOption.NOFOLLOW_LINKS)) {
            log.log(Level.WARNING, found + " is no volume's directory; it is left alone");
            return;
        }
        Optional<StateFile.Found> state = StateFile.read(found);
        if (state.isEmpty()) {
            boolean damaged = !StateFile.survey(found).damaged().isEmpty();
            if (damaged) {
                unreadable.add(name);
            }
            log.log(
                    Level.WARNING,
                    "volume " + name + (damaged ? " has a damaged record" : " has no record")
                            + "; it is left alone: see system fsck");
            return;
        }
        try {
            VolumeRecord record = parse(jsonb, state.get());
            if (!record.name().equals(name)) {
                throw new IllegalStateException("it is that of volume " + record.name());
            }
            volumes.put(name, new Volume(jsonb, found, state.get().file(), record));
        } catch (JsonException | IllegalStateException e) {
            unreadable.add(name);
            log.log(
                    Level.WARNING,
                    "the record of volume " + name + " cannot be understood; it is left alone: " + e.getMessage());
        }
    }

    static VolumeRecord parse(Jsonb jsonb, StateFile.Found found) {
        return jsonb.type(VolumeRecord.class).fromJson(new String(found.json(), StandardCharsets.UTF_8));
    }

    /** What fits the filters ({@code name}, {@code label}, {@code driver}, {@code dangling}), by name. */
    public synchronized List<VolumeInspection> list(Map<String, List<String>> filters) {
        VolumeFilter filter = VolumeFilter.listing(filters);
        return volumes.values().stream().filter(filter).map(Volumes::inspection).toList();
    }

    /** @throws EngineException NOT_FOUND */
    public synchronized VolumeInspection inspect(String name) {
        return inspection(find(name));
    }

    private Volume find(String name) {
        Volume volume = volumes.get(name);
        if (volume == null) {
            throw EngineException.notFound("get " + name + ": no such volume");
        }
        return volume;
    }

    private static VolumeInspection inspection(Volume volume) {
        VolumeRecord record = volume.record();
        return new VolumeInspection(
                record.name(),
                volume.data(),
                record.created(),
                record.options(),
                record.labels(),
                volume.users().size());
    }

    /**
     * Makes a volume; one that is there is given as it is.
     *
     * @throws EngineException INVALID for the name or an option, NOT_FOUND for the driver, UNSUPPORTED
     */
    public synchronized VolumeInspection create(VolumeRequest request) {
        return inspection(take(request, "").volume());
    }

    /**
     * Takes a volume for a container, made where it is missing. Until {@link #settle}, what was made goes with an engine
     * that dies.
     *
     * @return its name, and whether it was made
     */
    public synchronized Acquired acquire(VolumeRequest request, String container) {
        Taken taken = take(request, container);
        taken.volume().users().add(container);
        return new Acquired(taken.volume().name(), taken.made());
    }

    /** A volume that a container has. */
    public record Acquired(String name, boolean made) {}

    private record Taken(Volume volume, boolean made) {}

    private Taken take(VolumeRequest request, String madeFor) {
        if (!request.name().isEmpty()) {
            VolumeNames.check(request.name());
            Volume there = volumes.get(request.name());
            if (there != null && isLocal(request.driver())) {
                return new Taken(there, false);
            }
        }
        String name = request.name().isEmpty() ? Ids.random() : request.name();
        check(name, request);
        Optional<Map<String, String>> labels = request.labels();
        if (request.name().isEmpty()) {
            Map<String, String> more = new HashMap<>(labels.orElse(Map.of()));
            more.put(ANONYMOUS, "");
            labels = Optional.of(more);
        }
        return new Taken(
                make(new VolumeRecord(name, Instant.now(), request.driverOptions(), labels, madeFor), Optional.empty()),
                true);
    }

    private void check(String name, VolumeRequest request) {
        if (request.clusterSpec().isPresent()) {
            throw EngineException.unsupported(
                    "volumes of a cluster (ClusterVolumeSpec) are not supported: Berth is for one host");
        }
        if (!isLocal(request.driver())) {
            throw EngineException.notFound("create " + name + ": error looking up volume plugin " + request.driver()
                    + ": plugin \"" + request.driver() + "\" not found");
        }
        try {
            LocalOptions.of(request.driverOptions().orElse(Map.of()));
        } catch (EngineException e) {
            throw new EngineException(e.kind(), "create " + name + ": " + e.getMessage(), e);
        }
        if (volumes.size() >= Limits.VOLUMES) {
            throw EngineException.conflict(
                    "create " + name + ": there are " + Limits.VOLUMES + " volumes, which is the limit: remove some");
        }
        if (unreadable.contains(name)) {
            throw EngineException.conflict("create " + name + ": there is a volume of that name whose record cannot be"
                    + " read: see system fsck");
        }
    }

    private static boolean isLocal(String driver) {
        return driver.isEmpty() || driver.equals(VolumeInspection.DRIVER);
    }

    /** @param files a directory that becomes the volume's files; a new one where there is none */
    private Volume make(VolumeRecord record, Optional<Path> files) {
        Path target = directory.resolve(record.name());
        Path making = directory.resolve(VolumeDirectory.MAKING + Ids.random());
        try {
            Volume volume;
            if (Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) { // files whose record was lost: they are kept
                VolumeDirectory.make(target);
                volume = new Volume(jsonb, target, StateFile.in(target), record);
                volume.write();
            } else {
                VolumeDirectory.make(making, "rwx-----x");
                if (files.isPresent()) {
                    Files.move(files.get(), making.resolve(VolumeDirectory.DATA), StandardCopyOption.ATOMIC_MOVE);
                }
                VolumeDirectory.make(making);
                new Volume(jsonb, making, StateFile.in(making), record).write();
                Files.move(making, target, StandardCopyOption.ATOMIC_MOVE);
                StateFile file = StateFile.read(target)
                        .map(StateFile.Found::file)
                        .orElseThrow(() -> new IOException("its record is not what was written"));
                volume = new Volume(jsonb, target, file, record);
            }
            volumes.put(record.name(), volume);
            writer.later(volume);
            publish("create", volume, Map.of());
            return volume;
        } catch (IOException e) {
            removeTree(making);
            throw EngineException.failed(
                    "create " + record.name() + ": making its directory failed: " + e.getMessage(), e);
        }
    }

    /**
     * Makes a directory the files of an anonymous volume of a container: containers of older versions have them in their
     * own directories. A volume of that name that is there is taken.
     */
    public synchronized void adopt(String name, Path files, String container) {
        Volume volume = volumes.get(name);
        if (volume == null) {
            volume = make(
                    new VolumeRecord(name, Instant.now(), Optional.empty(), Optional.of(Map.of(ANONYMOUS, "")), ""),
                    Optional.of(files));
        }
        volume.users().add(container);
    }

    /** Whether there is a volume of this name. */
    public synchronized boolean has(String name) {
        return volumes.containsKey(name);
    }

    /**
     * Takes a volume that another container has for a container.
     *
     * @throws EngineException NOT_FOUND
     */
    public synchronized void share(String name, String container) {
        find(name).users().add(container);
    }

    /** A container's record says that it uses a volume; one that is missing is told at its start. */
    public synchronized void refer(String name, String container) {
        Volume volume = volumes.get(name);
        if (volume != null) {
            volume.users().add(container);
        }
    }

    /** A container is made: what was made for it stays. */
    public synchronized void settle(String container) throws IOException {
        for (Volume volume : volumes.values()) {
            if (volume.record().madeFor().equals(container)) {
                volume.settle();
                writer.later(volume);
            }
        }
    }

    /** All containers are read: what was made for one that has not come to be goes, unless another uses it. */
    public void recovered() throws IOException {
        for (Volume volume : List.copyOf(volumes.values())) {
            String container = volume.record().madeFor();
            if (container.isEmpty()) {
                continue;
            }
            if (volume.users().isEmpty()) {
                log.log(Level.INFO, "removing " + volume + ", whose container was not finished");
                remove(volume.name(), true);
            } else {
                settle(container);
            }
        }
    }

    /** A container uses a volume no more. */
    public synchronized void release(String name, String container) {
        Volume volume = volumes.get(name);
        if (volume != null) {
            volume.users().remove(container);
            volume.mountedBy().remove(container);
        }
    }

    /** A container runs with a volume. */
    public synchronized void mounted(String name, String container) {
        Volume volume = volumes.get(name);
        if (volume != null) {
            volume.mountedBy().add(container);
        }
    }

    /** A container runs with a volume no more. */
    public synchronized void unmounted(String name, String container) {
        Volume volume = volumes.get(name);
        if (volume != null) {
            volume.mountedBy().remove(container);
        }
    }

    /** A container that runs with a volume, if there is any; the one that was started first. */
    public synchronized Optional<String> holder(String name) {
        return Optional.ofNullable(volumes.get(name))
                .flatMap(volume -> volume.mountedBy().stream().findFirst());
    }

    /** Tells of something that happened to a volume. */
    public synchronized void publish(String action, String name, Map<String, String> attributes) {
        Volume volume = volumes.get(name);
        if (volume != null) {
            publish(action, volume, attributes);
        }
    }

    private void publish(String action, Volume volume, Map<String, String> attributes) {
        Map<String, String> all = new HashMap<>(attributes);
        all.put("driver", VolumeInspection.DRIVER);
        events.publish(Event.Type.VOLUME, action, volume.name(), all);
    }

    /** Where a volume's files are told to be, whether there is one or not. */
    public Path mountpoint(String name) {
        return directory.resolve(name).resolve(VolumeDirectory.DATA);
    }

    /** Where a volume's files are. */
    public synchronized VolumeSource source(String name) {
        Volume volume = find(name);
        Optional<LocalOptions> options =
                LocalOptions.of(volume.record().options().orElse(Map.of()));
        if (options.isPresent()) {
            return options.get().source(volume.data());
        }
        if (!Files.isDirectory(volume.data())) {
            throw new EngineException(
                    EngineException.Kind.FAILED,
                    "the directory of volume " + name + ", " + volume.data() + ", is gone: see system fsck");
        }
        return new VolumeSource.Tree(volume.data(), false, true);
    }

    /** How many bytes the files in a volume's own directory have, not those that are elsewhere; empty where it is gone. */
    public OptionalLong size(String name) {
        Path data;
        synchronized (this) {
            Volume volume = volumes.get(name);
            if (volume == null) {
                return OptionalLong.empty();
            }
            data = volume.data();
        }
        try {
            return OptionalLong.of(TreeSize.of(data));
        } catch (IOException e) {
            return OptionalLong.empty(); // it has gone meanwhile
        }
    }

    /**
     * Removes a volume with its files.
     *
     * @param force whether it is fine that there is none
     * @throws EngineException NOT_FOUND, or CONFLICT where containers use it, with their ids
     */
    public void remove(String name, boolean force) {
        Path grave;
        synchronized (this) {
            if (force && !volumes.containsKey(name)) {
                return;
            }
            grave = bury(find(name));
        }
        removeTree(grave);
    }

    /** At once for everybody; the files go after it. */
    private Path bury(Volume volume) {
        if (!volume.users().isEmpty()) {
            throw EngineException.conflict(
                    "remove " + volume.name() + ": volume is in use - [" + String.join(", ", volume.users()) + "]");
        }
        Path grave = directory.resolve(VolumeDirectory.REMOVED + Ids.random());
        writer.forget(volume);
        try {
            volume.moveTo(grave);
        } catch (IOException e) {
            throw EngineException.failed("remove " + volume.name() + ": " + e.getMessage(), e);
        }
        volumes.remove(volume.name());
        publish("destroy", volume, Map.of());
        return grave;
    }

    private void removeTree(Path tree) {
        try {
            Trees.delete(tree);
        } catch (IOException e) {
            log.log(
                    Level.WARNING,
                    "removing what is left of a volume in " + tree + " failed, the next start tries again: "
                            + e.getMessage());
        }
    }

    /**
     * Removes volumes that no container uses and that fit the filters ({@code label}, {@code label!}): anonymous ones, or
     * with {@code all} those that have names too. What has driver options stays, as in Docker.
     */
    public PrunedVolumes prune(Map<String, List<String>> filters) {
        Predicate<Volume> filter = VolumeFilter.pruning(filters);
        List<String> names;
        synchronized (this) {
            names = volumes.values().stream().filter(filter).map(Volume::name).toList();
        }
        List<String> removed = new ArrayList<>();
        long bytes = 0;
        for (String name : names) {
            try {
                long size = size(name).orElse(0);
                remove(name, false);
                removed.add(name);
                bytes += size;
            } catch (EngineException e) {
                if (e.kind() != EngineException.Kind.CONFLICT && e.kind() != EngineException.Kind.NOT_FOUND) {
                    throw e;
                } // somebody has taken or removed it meanwhile
            }
        }
        events.publish(Event.Type.VOLUME, "prune", "", Map.of("reclaimed", Long.toString(bytes)));
        return new PrunedVolumes(removed, bytes);
    }

    /** A check of these volumes. */
    public VolumeCheck check() {
        return new VolumeCheck(directory, jsonb, name -> {
            synchronized (this) {
                return Optional.ofNullable(volumes.get(name));
            }
        });
    }
}
