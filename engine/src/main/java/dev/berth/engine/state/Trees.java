package dev.berth.engine.state;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Directory trees that go. */
public final class Trees {
    private Trees() {}

    /**
     * Removes a directory with all in it, following no link. Nothing happens where it is not there. A directory inside is
     * moved up before it is emptied: a container may have made a tree deeper than any path can name.
     */
    public static void delete(Path root) throws IOException {
        Deque<Path> full = new ArrayDeque<>();
        try {
            empty(root, root, full);
            while (!full.isEmpty()) {
                Path directory = full.pop();
                empty(directory, root, full);
                Files.delete(directory);
            }
            Files.delete(root);
        } catch (NoSuchFileException e) {
            if (Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** Deletes what is no directory, and moves into the root what is one. */
    private static void empty(Path directory, Path root, Deque<Path> full) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    Files.delete(entry);
                } else {
                    full.push(directory.equals(root) ? entry : moveInto(root, entry, full.size()));
                }
            }
        }
    }

    private static Path moveInto(Path root, Path directory, int number) throws IOException {
        while (true) {
            Path target = root.resolve("going-" + number);
            try {
                return Files.move(directory, target);
            } catch (FileAlreadyExistsException e) {
                number++;
            }
        }
    }
}
