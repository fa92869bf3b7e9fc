package dev.berth.embedded;

import dev.berth.engine.Engine;
import dev.berth.engine.EngineOptions;
import dev.berth.engine.config.LogConfig;
import dev.berth.engine.container.ListQuery;
import dev.berth.engine.container.RemoveRequest;
import dev.berth.engine.error.EngineException;
import dev.berth.engine.state.DataRootLock;
import dev.berth.engine.state.Trees;
import dev.berth.image.ImageOptions;
import dev.berth.image.registry.RegistryOptions;
import dev.berth.image.shared.SharedCache;
import dev.berth.level.LevelProvider;
import dev.berth.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A folder with an open engine. Images and the build cache stay in it; containers, networks and volumes end with the engine:
 * when it is closed, or when the next one is opened over what a JVM that was killed has left.
 */
final class Slot implements AutoCloseable {
    /** More engines than a host has room for; it ends the search where the folder cannot be used at all. */
    private static final int MOST_SLOTS = 256;

    private static final String DEFAULT_LEVEL = "os";

    /** After a slot's number; slots whose files have owners that are not here are others'. */
    private static final String OWNERS = UserNamespace.own().suffix();

    static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final Path directory;

    /** Of the whole slot: for longer than the engine has its data root, so that nobody meets what is just being removed. */
    private final DataRootLock lock;

    private final Path execRoot;
    private final Engine engine;
    private final System.Logger log;

    /** Whether the last engine here was not closed. */
    private final boolean afterCrash;

    private Slot(
            Path directory, DataRootLock lock, Path execRoot, Engine engine, System.Logger log, boolean afterCrash) {
        this.directory = directory;
        this.lock = lock;
        this.execRoot = execRoot;
        this.engine = engine;
        this.log = log;
        this.afterCrash = afterCrash;
    }

    /**
     * Opens the folder that the options name, or the first slot that nobody holds. What JVMs that were killed have left in
     * other slots is ended as well.
     */
    static Slot take(BerthOptions options) throws IOException {
        try {
            return takeFirst(options);
        } catch (FileSystemException e) {
            throw new IOException(
                    "opening an engine's folder in " + options.directory().orElse(options.cache()) + " failed: "
                            + (e instanceof AccessDeniedException ? "no permission for " + e.getFile() : e.getMessage())
                            + "; another one can be named by BERTH_CACHE in the environment, or BerthOptions",
                    e);
        }
    }

    private static Slot takeFirst(BerthOptions options) throws IOException {
        if (options.directory().isPresent()) {
            return open(options.directory().get(), options);
        }
        for (int number = 0; number < MOST_SLOTS; number++) {
            Optional<Slot> slot = openUnlessHeld(options.cache().resolve(number + OWNERS), options);
            if (slot.isPresent()) {
                reclaimOthers(options, slot.get());
                return slot.get();
            }
        }
        throw EngineException.conflict("all " + MOST_SLOTS + " slots of " + options.cache() + " are held by engines");
    }

    private static void reclaimOthers(BerthOptions options, Slot own) throws IOException {
        List<Path> dirty = new ArrayList<>();
        try (DirectoryStream<Path> slots = Files.newDirectoryStream(options.cache())) {
            for (Path slot : slots) {
                boolean readable = String.valueOf(slot.getFileName()).matches("\\d+" + OWNERS);
                if (readable && !slot.equals(own.directory) && Files.exists(mark(slot))) {
                    dirty.add(slot);
                }
            }
        }
        for (Path slot : dirty) {
            try {
                openUnlessHeld(slot, options).ifPresent(Slot::close);
            } catch (IOException | EngineException e) {
                own.log.log(
                        System.Logger.Level.WARNING,
                        "what is left in " + slot + " could not be ended: " + e.getMessage());
            }
        }
    }

    private static Optional<Slot> openUnlessHeld(Path directory, BerthOptions options) throws IOException {
        try {
            return Optional.of(open(directory, options));
        } catch (EngineException e) {
            if (e.kind() == EngineException.Kind.CONFLICT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static Slot open(Path given, BerthOptions options) throws IOException {
        Path directory = given.toAbsolutePath().normalize();
        makePrivate(directory);
        DataRootLock lock = DataRootLock.take(directory);
        try {
            return open(directory, lock, options);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static Slot open(Path directory, DataRootLock lock, BerthOptions options) throws IOException {
        String boot = Files.readString(BOOT_ID).strip();
        Path execRoot = directory.resolve("exec-" + boot);
        System.Logger log = new QuietLog(options.log());
        List<LevelProvider> levels = new ArrayList<>();
        ServiceLoader.load(LevelProvider.class, Slot.class.getClassLoader()).forEach(levels::add);
        Optional<SharedCache> cache = options.directory().isPresent() ? Optional.empty() : SharedCache.of(directory);
        RegistryOptions registries = ImageOptions.DEFAULT
                .registries()
                .withInsecure(options.insecureRegistries())
                .withMirrors(options.mirrors());
        boolean afterCrash = Files.exists(mark(directory));
        if (!afterCrash) {
            Files.createFile(mark(directory));
        }
        Engine engine = Engine.open(new EngineOptions(
                directory.resolve("data"),
                execRoot,
                List.of(),
                ImageOptions.DEFAULT.with(registries).in(cache),
                levels,
                DEFAULT_LEVEL,
                false,
                new LogConfig("", Map.of()),
                log));
        Slot slot = new Slot(directory, lock, execRoot, engine, log, afterCrash);
        try {
            slot.clear();
            if (slot.afterCrash) {
                engine.sweep();
            }
            slot.removeOtherBoots();
            return slot;
        } catch (IOException | RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    private static void makePrivate(Path directory) throws IOException {
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** What says that there may be something of an engine's in the kernel: made before there can be, removed when all is. */
    private static Path mark(Path directory) {
        return directory.resolve("in-use");
    }

    private void removeOtherBoots() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(one -> !one.equals(execRoot)
                            && String.valueOf(one.getFileName()).startsWith("exec-"))
                    .toList()) {
                Trees.delete(file);
            }
        }
    }

    Engine engine() {
        return engine;
    }

    Path directory() {
        return directory;
    }

    /** A folder for what ends with the engine. */
    Path execRoot() {
        return execRoot;
    }

    System.Logger log() {
        return log;
    }

    /** Ends and removes every container, network and volume; what cannot be removed is told to the log. */
    private void clear() {
        List<Thread> removing = engine.containers()
                .list(ListQuery.ALL)
                .map(container -> Thread.ofVirtual()
                        .start(() -> remove(
                                "container " + container.name(),
                                container.id(),
                                id -> engine.containers().remove(id, RemoveRequest.FORCE))))
                .toList();
        boolean interrupted = false;
        for (Thread thread : removing) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        engine.networks()
                .list(Map.of("type", List.of("custom")))
                .forEach(network -> remove(
                        "network " + network.name(),
                        network.id(),
                        id -> engine.networks().remove(id)));
        engine.volumes()
                .list(Map.of())
                .forEach(volume -> remove(
                        "volume " + volume.name(),
                        volume.name(),
                        name -> engine.volumes().remove(name, true)));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void remove(String what, String id, Consumer<String> removal) {
        try {
            removal.accept(id);
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_FOUND) {
                log.log(System.Logger.Level.WARNING, "removing " + what + " failed: " + e.getMessage());
            }
        }
    }

    /** Gives back everything but images and the build cache. */
    @Override
    public void close() {
        try (lock) {
            closeEngine();
            Trees.delete(execRoot);
            Files.deleteIfExists(mark(directory));
        } catch (IOException e) {
            log.log(System.Logger.Level.WARNING, "removing " + execRoot + " failed: " + e.getMessage());
        }
    }

    private void closeEngine() {
        try {
            clear();
            if (afterCrash) {
                engine.tidy(); // the next JVM may be as short-lived as this one
            }
        } finally {
            engine.close();
        }
    }
}
