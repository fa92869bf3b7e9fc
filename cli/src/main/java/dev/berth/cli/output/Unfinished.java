package dev.berth.cli.output;

import dev.berth.cli.CliException;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * A file or folder under a name that says that it is not whole. What is left of it when this is closed, or when the command is
 * interrupted, is removed.
 */
final class Unfinished implements AutoCloseable {
    /** While it is being removed, whoever writes to it may go on for a moment. */
    private static final int ATTEMPTS = 10;

    private final Path path;
    private final Thread atInterrupt = new Thread(this::removeQuietly, "remove-unfinished");

    private Unfinished(Path path) {
        this.path = path;
        Runtime.getRuntime().addShutdownHook(atInterrupt);
    }

    /** A file beside the one that it is to be. */
    static Unfinished file(Path target) throws IOException {
        return new Unfinished(Files.createTempFile(parent(target), "." + target.getFileName() + ".", ".part"));
    }

    /** A folder in another one, which is there. */
    static Unfinished folder(Path parent, String name) throws IOException {
        return new Unfinished(Files.createTempDirectory(parent, "." + name + ".part"));
    }

    /** @throws CliException where there is no such folder */
    static Path parent(Path target) {
        Path parent = Optional.ofNullable(target.toAbsolutePath().normalize().getParent())
                .orElse(Path.of("/"));
        if (!Files.isDirectory(parent)) {
            throw new CliException("invalid output path: directory \"" + parent + "\" does not exist");
        }
        return parent;
    }

    Path path() {
        return path;
    }

    /** It is whole, and gets its name. */
    void becomes(Path target) throws IOException {
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException("rename " + path + " to " + target + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(atInterrupt);
            remove();
        } catch (IllegalStateException e) {
            // the command was interrupted: it is being removed
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void removeQuietly() {
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                remove();
                return;
            } catch (LinuxException e) {
                // something has been added meanwhile
            }
        }
    }

    private void remove() {
        try (Directory parent = Directory.open(parent(path))) {
            parent.deleteTree(String.valueOf(path.getFileName()));
        }
    }
}
