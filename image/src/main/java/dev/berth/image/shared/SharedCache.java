package dev.berth.image.shared;

import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.PathLock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A folder of slots, {@code 0}, {@code 1}…, or with something behind the number for a user's namespace, each with a store of its own in {@code <slot>/data}, as one of these stores sees it.
 * A store has one owner; what others may read of it is only ever added whole or removed whole: blobs and records by their
 * names, layers in {@code layers} under locks. Processes and engines of one process are the same here. Safe for use by many
 * threads.
 */
public final class SharedCache {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");
    private static final long FIRST_PAUSE_MILLIS = 1;
    private static final long LONGEST_PAUSE_MILLIS = 50;

    private final Path directory;
    private final Path own;

    /** What follows the numbers in the names of slots whose files have owners that are known here. */
    private final String owners;

    private SharedCache(Path directory, Path own) {
        this.directory = directory;
        this.own = own;
        this.owners = owners(own);
    }

    private static String owners(Path slot) {
        return NUMBER.matcher(String.valueOf(slot.getFileName())).replaceFirst("");
    }

    /**
     * The cache of a slot, whose folder there is; nothing where the slot is mounted by itself, as nothing can be moved
     * or linked between it and others then.
     *
     * @param slot in the folder of slots
     */
    public static Optional<SharedCache> of(Path slot) throws IOException {
        Path all = slot.toAbsolutePath().normalize().resolveSibling(".").normalize();
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        SharedCache cache = new SharedCache(all, slot.toAbsolutePath().normalize());
        for (Path directory : List.of(cache.layers(), cache.locks())) {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory, ownerOnly);
            }
        }
        return isPlain(all, cache.layers())
                        && isPlain(all, slot)
                        && isPlain(slot, slot.resolve("data"))
                        && cache.isOwn()
                ? Optional.of(cache)
                : Optional.empty();
    }

    /** Whether nothing is mounted there, and it is no link: what is there can be renamed into any other such directory. */
    private static boolean isPlain(Path in, Path directory) {
        return status(in, directory)
                .map(there -> there.isDirectory() && !there.mountPoint())
                .orElse(true);
    }

    /** Root, too, finds the folder of an ordinary user, whose layers' files have other owners than root's have. */
    private boolean isOwn() {
        return status(directory, layers())
                .map(FileStatus::uid)
                .equals(status(directory, own).map(FileStatus::uid));
    }

    private static Optional<FileStatus> status(Path in, Path directory) {
        try (Directory parent = Directory.open(in)) {
            return parent.status(String.valueOf(directory.getFileName()));
        }
    }

    /** The data roots of the other slots, as far as they are there. */
    public List<Path> others() throws IOException {
        List<Path> roots = new ArrayList<>();
        try (DirectoryStream<Path> slots = Files.newDirectoryStream(directory)) {
            for (Path slot : slots) {
                if (!slot.equals(own) && isSlot(slot) && owners(slot).equals(owners)) {
                    roots.add(slot.resolve("data"));
                }
            }
        }
        return roots;
    }

    private static boolean isSlot(Path file) {
        return NUMBER.matcher(String.valueOf(file.getFileName())).lookingAt();
    }

    /** Where the unpacked layers of all stores are. */
    public Path layers() {
        return directory.resolve("layers" + owners);
    }

    private Path locks() {
        return directory.resolve("locks" + owners);
    }

    /** Looked at now and then while somebody else's lock is waited for. */
    @FunctionalInterface
    public interface Patience {
        /** Whether waiting still makes sense. */
        boolean lasts() throws IOException;
    }

    /** A lock that is held until it is closed. */
    @FunctionalInterface
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits until nobody else does what the name stands for, in any store. Its file is there only meanwhile.
     *
     * @param name as a file's
     * @return nothing where the patience has ended, or where no file can be made: then it is done beside others
     * @throws InterruptedIOException where the thread is interrupted
     */
    public Optional<Held> lock(String name, Patience patience) throws InterruptedIOException {
        Path file = locks().resolve(name);
        try {
            Optional<PathLock> lock = await(() -> PathLock.tryFile(file), patience);
            return lock.map(taken -> () -> {
                try (taken) {
                    Files.deleteIfExists(
                            file); // by who holds it: whoever waits sees that the name is another file's now
                } catch (IOException e) {
                    // a file with no lock on it is in nobody's way
                }
            });
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException | LinuxException e) {
            return Optional.empty(); // a full disk, say
        }
    }

    /** Removes the files of locks that nobody has: who had them has died. */
    public void sweepLocks() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(locks())) {
            for (Path file : files) {
                Optional<PathLock> lock = PathLock.tryFile(file);
                if (lock.isPresent()) {
                    try (PathLock _ = lock.get()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Tries to take a lock. */
    @FunctionalInterface
    public interface Attempt {
        Optional<PathLock> take() throws IOException;
    }

    /** Tries time and again, for as long as the patience lasts. */
    public static Optional<PathLock> await(Attempt attempt, Patience patience) throws IOException {
        long pause = FIRST_PAUSE_MILLIS;
        for (Optional<PathLock> taken = attempt.take(); ; taken = attempt.take()) {
            if (taken.isPresent() || !patience.lasts()) {
                return taken;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted while another engine of the cache did the same");
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        }
    }
}
