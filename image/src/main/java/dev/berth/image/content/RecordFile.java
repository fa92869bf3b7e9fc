package dev.berth.image.content;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A small file that is always whole: replaced by write, sync, rename, sync, so that any crash leaves old or new. */
public final class RecordFile {
    private static final String TEMPORARY = ".new";

    private RecordFile() {}

    /** Replaces the file's content; when this returns, it survives a power loss. */
    public static void write(Path file, byte[] content) throws IOException {
        replace(file, content, true);
    }

    /** As {@link #write}, but what a power loss leaves may be old, new or empty: for what can be made again. */
    public static void writeVolatile(Path file, byte[] content) throws IOException {
        replace(file, content, false);
    }

    /** Removes the file, if it is there, so that it stays removed after a power loss. */
    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            syncDirectory(file.resolveSibling("."));
        }
    }

    /** Whether a file is one that a crash left behind while it was written. */
    public static boolean isUnfinished(Path file) {
        return file.toString().endsWith(TEMPORARY);
    }

    /** Makes the names in a directory survive a power loss. */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void replace(Path file, byte[] content, boolean durable) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                if (durable) {
                    channel.force(true);
                }
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw DiskFull.explain(e, "write " + file);
        }
        if (durable) {
            syncDirectory(file.resolveSibling("."));
        }
    }
}
