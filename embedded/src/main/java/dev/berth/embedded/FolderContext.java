package dev.berth.embedded;

import dev.berth.build.context.IgnoreFile;
import dev.berth.build.context.IgnoreFileException;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A folder's files as a build's context: in the order of their names, all of them root's, without what its ignore file names. */
final class FolderContext {
    private static final int PERMISSIONS = 07777;

    private final Path root;
    private final TarWriter tar;
    private final Set<String> always;

    private FolderContext(Path root, TarWriter tar, Set<String> always) {
        this.root = root;
        this.tar = tar;
        this.always = always;
    }

    /**
     * Writes it.
     *
     * @param dockerfile which is part of it in any case, with the ignore files: the builder reads them
     */
    static void write(Path root, String dockerfile, TarWriter tar) throws IOException {
        Set<String> always = Set.of(dockerfile, dockerfile + ".dockerignore", ".dockerignore");
        FolderContext context = new FolderContext(root, tar, always);
        context.directory(root, "", ignored(root, dockerfile).root());
    }

    private static IgnoreFile ignored(Path root, String dockerfile) throws IOException {
        for (String name : List.of(dockerfile + ".dockerignore", ".dockerignore")) {
            Path file = root.resolve(name);
            if (Files.isRegularFile(file)) {
                try {
                    return IgnoreFile.parse(Files.readString(file));
                } catch (IgnoreFileException e) {
                    throw new IOException(file + ": " + e.getMessage(), e);
                }
            }
        }
        return IgnoreFile.NONE;
    }

    private void directory(Path directory, String prefix, IgnoreFile.Directory rules) throws IOException {
        List<Path> files;
        try (Stream<Path> listing = Files.list(directory)) {
            files = listing.sorted().toList();
        }
        for (Path file : files) {
            String name = String.valueOf(file.getFileName());
            String path = prefix + name;
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                IgnoreFile.Directory inside = rules.enter(name);
                if (inside.isWorthEntering() || hasAlways(path)) {
                    tar.begin(empty(file, path + "/", TarEntry.Type.DIRECTORY, ""));
                    directory(file, path + "/", inside);
                }
            } else if (!rules.ignores(name) || always.contains(path)) {
                one(file, path);
            }
        }
    }

    private boolean hasAlways(String path) {
        return always.stream().anyMatch(file -> file.startsWith(path + "/"));
    }

    private void one(Path file, String path) throws IOException {
        if (Files.isSymbolicLink(file)) {
            tar.begin(empty(
                    file,
                    path,
                    TarEntry.Type.SYMLINK,
                    Files.readSymbolicLink(file).toString()));
        } else if (Files.isRegularFile(file)) {
            content(file, path);
        } // sockets and the like are nothing to build of
    }

    private void content(Path file, String path) throws IOException {
        long size = Files.size(file);
        tar.begin(TarEntry.file(path, mode(file), 0, 0, modified(file), size, Map.of()));
        byte[] buffer = new byte[64 << 10];
        try (InputStream in = Files.newInputStream(file)) {
            for (long left = size; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException(root.relativize(file) + " has become shorter while it was read");
                }
                tar.write(buffer, 0, read);
                left -= read;
            }
        }
    }

    private static TarEntry empty(Path file, String path, TarEntry.Type type, String target) throws IOException {
        return TarEntry.empty(path, type, target, mode(file), 0, 0, modified(file));
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & PERMISSIONS;
    }

    private static Instant modified(Path file) throws IOException {
        return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    }
}
