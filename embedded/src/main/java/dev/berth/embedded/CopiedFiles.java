package dev.berth.embedded;

import dev.berth.engine.Engine;
import dev.berth.engine.error.EngineException;
import dev.berth.image.files.FileTree;
import dev.berth.image.files.PathStat;
import dev.berth.image.layer.ArchiveUnpacker;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarWriter;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Files on their way between the host and a container, which may run or not. */
final class CopiedFiles {
    private static final int TYPE_MASK = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int PERMISSIONS = 07777;
    private static final ArchiveUnpacker.Options AS_THEY_ARE = new ArchiveUnpacker.Options(false, Optional.empty());

    private final Engine engine;
    private final String container;

    CopiedFiles(Engine engine, String container) {
        this.engine = engine;
        this.container = container;
    }

    /** A file to a path, or what is in a folder into a directory; what is missing on the way is made. */
    void in(Path source, String target) throws IOException {
        Path spool = Files.createTempFile(engine.scratch(), "copy", ".tar");
        try {
            boolean folder = Files.isDirectory(source);
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(spool))) {
                if (folder) {
                    try (FileTree tree = FileTree.at(source)) {
                        tree.pack("/.", out);
                    }
                } else {
                    packFile(source, relative(target), out);
                }
            }
            if (folder) {
                makeDirectory(target);
            }
            try (InputStream archive = Files.newInputStream(spool)) {
                engine.containers().files().unpack(container, folder ? target : "/", archive, false, false);
            }
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    /** Makes a file of this content. */
    void in(byte[] content, String target, int mode) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        Failures.does(() -> {
            try (TarWriter tar = new TarWriter(archive)) {
                tar.begin(TarEntry.file(relative(target), mode, 0, 0, Instant.now(), content.length, Map.of()));
                tar.write(content, 0, content.length);
            }
        });
        engine.containers()
                .files()
                .unpack(container, "/", new ByteArrayInputStream(archive.toByteArray()), false, false);
    }

    private static void packFile(Path source, String name, OutputStream out) throws IOException {
        int mode = (Integer) Files.getAttribute(source, "unix:mode") & PERMISSIONS;
        Instant modified = Files.getLastModifiedTime(source).toInstant();
        long size = Files.size(source);
        try (TarWriter tar = new TarWriter(out);
                InputStream in = Files.newInputStream(source)) {
            tar.begin(TarEntry.file(name, mode, 0, 0, modified, size, Map.of()));
            byte[] buffer = new byte[64 << 10];
            for (long left = size; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw new IOException(source + " has become shorter while it was read");
                }
                tar.write(buffer, 0, read);
                left -= read;
            }
        }
    }

    private void makeDirectory(String target) throws IOException {
        try {
            engine.containers().files().stat(container, target + "/.");
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.NOT_FOUND) {
                throw e;
            }
            ByteArrayOutputStream archive = new ByteArrayOutputStream();
            try (TarWriter tar = new TarWriter(archive)) {
                tar.begin(
                        TarEntry.empty(relative(target) + "/", TarEntry.Type.DIRECTORY, "", 0755, 0, 0, Instant.now()));
            }
            engine.containers()
                    .files()
                    .unpack(container, "/", new ByteArrayInputStream(archive.toByteArray()), false, false);
        }
    }

    /** What a path leads to: a file becomes the target, what is in a directory comes into the target. */
    void out(String path, Path target) throws IOException {
        PathStat found = engine.containers().files().stat(container, path);
        if (!found.linkTarget().isEmpty()) {
            out(found.linkTarget(), target);
        } else if ((found.mode() & TYPE_MASK) == DIRECTORY) {
            Files.createDirectories(target);
            unpack(path + "/.", target);
        } else {
            Path folder =
                    Optional.ofNullable(target.toAbsolutePath().getParent()).orElse(Path.of("/"));
            Path beside = Files.createTempDirectory(folder, ".berth");
            try {
                unpack(path, beside);
                Files.move(beside.resolve(found.name()), target, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside.resolve(found.name()));
                Files.delete(beside);
            }
        }
    }

    /** The content of a file. */
    byte[] content(String path) throws IOException {
        PathStat found = engine.containers().files().stat(container, path);
        if (found.size() > Limits.FILE_BYTES) {
            throw EngineException.invalid(path + " has " + found.size() + " bytes, and at most " + Limits.FILE_BYTES
                    + " are read into memory: copy it to a file");
        }
        Path file = Files.createTempFile(engine.scratch(), "read", "");
        try {
            out(path, file);
            return Files.readAllBytes(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private void unpack(String path, Path folder) throws IOException {
        Path spool = Files.createTempFile(engine.scratch(), "copy", ".tar");
        try {
            engine.containers()
                    .files()
                    .pack(
                            container,
                            path,
                            _ -> new BufferedOutputStream(
                                    Files.newOutputStream(spool, StandardOpenOption.TRUNCATE_EXISTING)));
            try (InputStream archive = Files.newInputStream(spool);
                    FileTree tree = FileTree.at(folder)) {
                tree.unpack("/", archive, AS_THEY_ARE);
            }
        } finally {
            Files.deleteIfExists(spool);
        }
    }

    private static String relative(String target) {
        String path = target;
        while (path.startsWith("/")) {
            path = path.substring(1);
        }
        if (path.isEmpty() || path.endsWith("/")) {
            throw EngineException.invalid("the path of a file is expected in place of \"" + target + "\"");
        }
        return path;
    }
}
