package dev.berth.engine.log;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** The compression of a log's files that are not written any more, one at a time and in the background. */
final class Compression {
    private final System.Logger problems;
    private @Nullable Thread thread;

    Compression(System.Logger problems) {
        this.problems = problems;
    }

    static Path compressed(Path file) {
        return file.resolveSibling(file.getFileName() + ".gz");
    }

    /** Opens what a compressed file holds: a file that has no name and goes with its channel. */
    static Optional<FileChannel> open(Path file) throws IOException {
        InputStream raw;
        try {
            raw = Files.newInputStream(compressed(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try (raw;
                InputStream in = new GZIPInputStream(raw, 64 << 10)) {
            Path whole = Files.createTempFile(LogFiles.directory(file), "reading", ".tmp");
            FileChannel channel = FileChannel.open(whole, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.delete(whole);
            try {
                in.transferTo(Channels.newOutputStream(channel));
                return Optional.of(channel);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
    }

    /** Begins to compress a file; nothing else may be done to it before {@link #await}. */
    void begin(Path file) {
        // a thread of the kernel's: its work is all computing, which would keep a virtual one's neighbours waiting
        Thread started = Thread.ofPlatform()
                .daemon()
                .name("compress " + file.getFileName())
                .unstarted(() -> run(file));
        thread = started;
        started.start();
    }

    /** Waits until nothing is being compressed. */
    void await() throws IOException {
        try {
            if (thread != null) {
                thread.join();
                thread = null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a file of the log was compressed", e);
        }
    }

    private void run(Path file) {
        Path unfinished = file.resolveSibling(file.getFileName() + ".gz.tmp");
        try {
            try (OutputStream raw = Files.newOutputStream(unfinished);
                    OutputStream out = new GZIPOutputStream(raw, 64 << 10)) {
                Files.copy(file, out);
            }
            Files.move(unfinished, compressed(file), StandardCopyOption.ATOMIC_MOVE);
            Files.delete(file);
        } catch (IOException e) {
            problems.log(Level.WARNING, "compressing a log's file failed, it stays as it is: " + e.getMessage());
        }
    }
}
