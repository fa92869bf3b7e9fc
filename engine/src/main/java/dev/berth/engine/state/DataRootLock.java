package dev.berth.engine.state;

import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One engine's hold on a data root: a lock of the kernel's on the file {@code lock} in it, which ends with the process
 * however that ends. The file tells the holder's process id; it stays when the lock is given back.
 */
public final class DataRootLock implements AutoCloseable {
    private final FileChannel channel;

    private DataRootLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock of an existing data root. The caller owns and closes it.
     *
     * @throws EngineException CONFLICT when another engine, of this process or another, has it
     */
    public static DataRootLock take(Path dataRoot) {
        Path file = dataRoot.resolve("lock");
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                if (tryLock(channel) == null) {
                    throw EngineException.conflict("the data root " + dataRoot + " is in use by another engine"
                            + holder(file).map(pid -> " (process " + pid + ")").orElse("")
                            + "; stop it or choose another data root");
                }
                channel.truncate(0);
                channel.write(
                        ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
                return new DataRootLock(channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw EngineException.failed("taking the lock " + file + " failed: " + e.getMessage(), e);
        }
    }

    /** Gives the data root back. Idempotent. */
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw EngineException.failed("giving the data root's lock back failed: " + e.getMessage(), e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // an engine of this very process has it
        }
    }

    private static Optional<String> holder(Path file) throws IOException {
        String pid = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        return pid.matches("\\d{1,10}") ? Optional.of(pid) : Optional.empty();
    }
}
