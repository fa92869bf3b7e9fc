package dev.berth.engine;

import dev.berth.engine.container.Containers;
import dev.berth.engine.container.Execs;
import dev.berth.engine.container.Facilities;
import dev.berth.engine.container.Levels;
import dev.berth.engine.container.StateCheck;
import dev.berth.engine.container.Sweeper;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.event.Events;
import dev.berth.engine.image.EngineImages;
import dev.berth.engine.image.Tidying;
import dev.berth.engine.network.Networks;
import dev.berth.engine.state.DataRootLock;
import dev.berth.engine.state.DataRootUsers;
import dev.berth.engine.state.MemoryFolder;
import dev.berth.engine.state.StateWriter;
import dev.berth.engine.state.Trees;
import dev.berth.engine.system.EngineIdentity;
import dev.berth.engine.system.SystemInfo;
import dev.berth.engine.volume.VolumeCheck;
import dev.berth.engine.volume.Volumes;
import dev.berth.image.ImageOptions;
import dev.berth.image.Images;
import dev.berth.image.check.Finding;
import dev.berth.image.check.Inspection;
import dev.berth.image.check.Inspection.Repairs;
import dev.berth.image.oci.LongTexts;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;

/** A container engine over one data root. Safe for use by many threads. */
public final class Engine implements AutoCloseable {
    private final EngineOptions options;
    private final DataRootLock lock;
    private final EngineIdentity identity;
    private final Facilities facilities;
    private final Containers containers;
    private final EngineImages images;
    private final Tidying tidying;
    private final Path scratch;
    private final MemoryFolder memory;
    private boolean closed;

    private Engine(
            EngineOptions options,
            DataRootLock lock,
            EngineIdentity identity,
            Facilities facilities,
            Containers containers,
            Path scratch,
            MemoryFolder memory) {
        this.scratch = scratch;
        this.memory = memory;
        this.options = options;
        this.lock = lock;
        this.identity = identity;
        this.facilities = facilities;
        this.containers = containers;
        this.images = new EngineImages(facilities.images(), containers, facilities.events());
        this.tidying = Tidying.start(facilities.images(), containers.check(), options.log());
    }

    /**
     * Opens the engine: takes the data root's lock, reads the state, takes up the containers that run, and frees what a
     * crashed predecessor left behind.
     *
     * @throws dev.berth.engine.error.EngineException CONFLICT when another engine has the data root (names its process)
     */
    public static Engine open(EngineOptions options) {
        Path dataRoot = options.dataRoot().toAbsolutePath().normalize();
        Path execRoot = options.execRoot().toAbsolutePath().normalize();
        try {
            Files.createDirectories(dataRoot);
            Files.createDirectories(execRoot);
        } catch (IOException e) {
            throw EngineException.failed("making the engine's folders failed: " + e, e);
        }
        DataRootLock lock = DataRootLock.take(dataRoot);
        try {
            return open(options, dataRoot, execRoot, lock);
        } catch (IOException e) {
            lock.close();
            throw EngineException.failed("opening the data root " + dataRoot + " failed: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Engine open(EngineOptions options, Path dataRoot, Path execRoot, DataRootLock lock)
            throws IOException {
        Path scratch = dataRoot.resolve("tmp");
        Trees.delete(scratch);
        Files.createDirectory(
                scratch, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        DataRootUsers.check(dataRoot);
        EngineIdentity identity = EngineIdentity.of(dataRoot);
        MemoryFolder memory = MemoryFolder.open(execRoot, identity.id());
        Images images = Images.open(dataRoot, options.images());
        Events events = new Events();
        StateWriter writer = new StateWriter(options.log());
        Jsonb jsonb = Jsonb.builder().adapter(LongTexts.stream()).build();
        Facilities facilities = new Facilities(
                dataRoot,
                execRoot,
                images,
                Volumes.open(dataRoot, events, writer, jsonb, options.log()),
                Networks.open(dataRoot, identity.id(), events, jsonb, options.log()),
                new Levels(options.levels(), options.defaultLevel(), execRoot),
                events,
                writer,
                new Sweeper(images, options.log()),
                jsonb,
                options.logs(),
                options.log());
        Containers containers = Containers.open(facilities);
        return new Engine(options, lock, identity, facilities, containers, scratch, memory);
    }

    public Containers containers() {
        return containers;
    }

    public Execs execs() {
        return containers.execs();
    }

    public EngineImages images() {
        return images;
    }

    public Networks networks() {
        return facilities.networks();
    }

    public Volumes volumes() {
        return facilities.volumes();
    }

    public Events events() {
        return facilities.events();
    }

    /** Where the engine keeps what is to last. */
    public Path dataRoot() {
        return options.dataRoot().toAbsolutePath().normalize();
    }

    /**
     * A folder on the data root's disk for what is needed for a while. What an engine that died has left in it is removed
     * when the next one is opened.
     */
    public Path scratch() {
        return scratch;
    }

    /** For what must not be found on a disk later; who makes something in it removes that. */
    public MemoryFolder memory() {
        return memory;
    }

    /** Ends what an engine that died has left in the kernel and no container stands for: else that waits for the first one. */
    public void sweep() {
        facilities.levels().makeAll();
    }

    /**
     * Waits until what interrupted operations of an engine that died have left of images is removed. Without this it is a
     * moment after the start, and where the engine is closed before, when the next one is opened.
     */
    public void tidy() {
        tidying.finish();
    }

    /**
     * Verifies all that is kept below the data root, while it is in use.
     *
     * @param repair whether what can be repaired is
     * @param listener told of each finding; what it throws ends the check
     */
    public void check(boolean repair, Consumer<Finding> listener) throws IOException {
        check(containers.check(), facilities.volumes().check(), facilities.images(), repair, listener);
    }

    /**
     * Verifies all that is kept below a data root that no engine has open, also one that is too damaged to be opened.
     *
     * @throws dev.berth.engine.error.EngineException CONFLICT when an engine has the data root
     */
    public static void check(Path dataRoot, ImageOptions options, boolean repair, Consumer<Finding> listener)
            throws IOException {
        if (!Files.isDirectory(dataRoot)) {
            throw EngineException.invalid("there is no data root " + dataRoot);
        }
        try (DataRootLock lock = DataRootLock.take(dataRoot);
                Images images = Images.open(dataRoot, options)) {
            check(StateCheck.offline(dataRoot, images), VolumeCheck.offline(dataRoot), images, repair, listener);
        }
    }

    private static void check(
            StateCheck containers, VolumeCheck volumes, Images images, boolean repair, Consumer<Finding> listener)
            throws IOException {
        Inspection inspection = new Inspection(repair ? Repairs.ALL : Repairs.NOTHING, listener);
        containers.run(inspection);
        volumes.run(inspection);
        images.check(inspection, containers);
    }

    /** Facts for {@code info} and {@code version}, as they are now. */
    public SystemInfo system() {
        try {
            return SystemInfo.gather(
                    identity.id(),
                    options,
                    containers.census(),
                    facilities.images().list().size(),
                    facilities.images().sizeHindrance().isEmpty(),
                    facilities.levels().names(),
                    facilities.events().listeners(),
                    facilities.networks().warnings());
        } catch (IOException e) {
            throw EngineException.failed("looking at the images failed: " + e.getMessage(), e);
        }
    }

    /**
     * Leaves all running containers to an engine that is opened later, or stops them, each with its own signal and timeout
     * ({@link EngineOptions#liveRestore}); gives back everything but the data root's files.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            tidying.close();
            if (options.liveRestore()) {
                containers.leave();
            } else {
                containers.close();
            }
            facilities.networks().close();
            facilities.writer().close();
            facilities.sweeper().close();
            facilities.levels().close();
            facilities.events().close();
            facilities.images().close();
            memory.close();
        } catch (IOException e) {
            options.log().log(System.Logger.Level.WARNING, "secrets of builds could not be removed: " + e.getMessage());
        } finally {
            lock.close();
        }
    }
}
