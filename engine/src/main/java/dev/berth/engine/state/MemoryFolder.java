package dev.berth.engine.state;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A folder whose files are in memory, for what must not be found on a disk later: below the exec root, or where that is on a
 * disk itself, in {@code /dev/shm}; only on a host that has neither, it is the exec root's all the same. What an engine that
 * died has left in it is removed when the next one is opened. Safe for use by many threads.
 */
public final class MemoryFolder implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");

    private final Path execRoot;
    private final String prefix;
    private Optional<Path> made = Optional.empty();

    private MemoryFolder(Path execRoot, String prefix) {
        this.execRoot = execRoot;
        this.prefix = prefix;
    }

    /**
     * The folder of an engine, which is made when it is first asked for.
     *
     * @param id the engine's, by which its folder is found again
     */
    public static MemoryFolder open(Path execRoot, String id) throws IOException {
        String which = id + "-" + Integer.toHexString(execRoot.toString().hashCode()); // also of a copied data root
        MemoryFolder folder = new MemoryFolder(execRoot, "berth-" + which + "-");
        folder.removeLeft(execRoot);
        folder.removeLeft(SHARED_MEMORY);
        return folder;
    }

    private void removeLeft(Path place) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(place, prefix + "*")) {
            for (Path folder : left) {
                Trees.delete(folder);
            }
        } catch (NoSuchFileException e) {
            return; // the host has no such place
        }
    }

    /** Where it is; nobody but its owner looks into it. */
    public synchronized Path path() throws IOException {
        if (made.isEmpty()) {
            Path place = isInMemory(execRoot) || !isInMemory(SHARED_MEMORY) ? execRoot : SHARED_MEMORY;
            made = Optional.of(Files.createTempDirectory(
                    place, prefix, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))));
        }
        return made.get();
    }

    private static boolean isInMemory(Path place) {
        try {
            return IN_MEMORY.contains(Files.getFileStore(place).type());
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (made.isPresent()) {
            Trees.delete(made.get());
            made = Optional.empty();
        }
    }
}
