package dev.berth.engine.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file of one run's {@link Checkpoint}, which is made with the first one. It means nothing after a reboot. */
final class CheckpointFile implements AutoCloseable {
    private final Path path;
    private @Nullable FileChannel channel;

    CheckpointFile(Path path) {
        this.path = path;
    }

    /** What was written last; empty where nothing was, or what is there is none of ours. */
    Optional<Checkpoint> read() throws IOException {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer bytes = ByteBuffer.allocate(Checkpoint.BYTES);
            while (bytes.hasRemaining() && file.read(bytes) > 0) {}
            return Checkpoint.decode(bytes.flip());
        }
    }

    /** Replaces it by one call of the kernel's, which is done or not when the engine is killed. */
    void write(Checkpoint checkpoint) throws IOException {
        FileChannel file = channel;
        if (file == null) {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel = file;
        }
        file.write(checkpoint.encode(), 0);
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(path);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
