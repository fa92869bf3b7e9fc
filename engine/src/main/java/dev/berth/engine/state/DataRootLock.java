package dev.berth.engine.state;

import dev.berth.engine.error.EngineException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;

/**
 * One engine's hold on a data root: a lock of the kernel's on the file {@code lock} in it, which ends with the process
 * however that ends. The file tells the holder's process id; it stays when the lock is given back.
 *
 * <p>Such a lock is the whole process's, and is gone as soon as the process closes any descriptor of the file (fcntl(2)). So
 * an engine of a process in which another has the data root must not even open the file: it finds out by a second one,
 * {@code lock.jvm}, of whose lock nothing but this JVM's own note of it counts.
 */
public final class DataRootLock implements AutoCloseable {
    /** How long the lock of a dead engine is waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(5);

    private final FileChannel channel;
    private final FileChannel jvm;

    private DataRootLock(FileChannel channel, FileChannel jvm) {
        this.channel = channel;
        this.jvm = jvm;
    }

    /**
     * Takes the lock of an existing data root. The caller owns and closes it.
     *
     * @throws EngineException CONFLICT when another engine, of this process or another, has it
     */
    public static DataRootLock take(Path dataRoot) {
        Path file = dataRoot.resolve("lock");
        try {
            FileChannel jvm = open(dataRoot.resolve("lock.jvm"));
            try {
                return take(dataRoot, file, jvm);
            } catch (IOException | RuntimeException e) {
                jvm.close();
                throw e;
            }
        } catch (IOException e) {
            throw EngineException.failed("taking the lock " + file + " failed: " + e.getMessage(), e);
        }
    }

    private static DataRootLock take(Path dataRoot, Path file, FileChannel jvm) throws IOException {
        try {
            if (!isTaken(jvm, file)) {
                throw inUse(dataRoot, holder(file));
            }
        } catch (OverlappingFileLockException e) {
            throw inUse(dataRoot, Optional.of(ownPid()));
        }
        FileChannel channel = open(file);
        try {
            if (!isTaken(channel, file)) {
                throw inUse(dataRoot, holder(file));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ownPid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
            return new DataRootLock(channel, jvm);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Gives the data root back. Idempotent. */
    @Override
    public void close() {
        try (jvm) {
            channel.close();
        } catch (IOException e) {
            throw EngineException.failed("giving the data root's lock back failed: " + e.getMessage(), e);
        }
    }

    /**
     * Tries to lock; for a while again where whoever is said to have it is dead. A process that a killed engine was just
     * starting shares its open files, and the lock with them, until it has come as far as to let go of them.
     */
    private static boolean isTaken(FileChannel channel, Path file) throws IOException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (channel.tryLock() == null) {
            if (System.nanoTime() > until
                    || !holder(file).map(DataRootLock::isDead).orElse(false)) {
                return false;
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private static boolean isDead(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private static EngineException inUse(Path dataRoot, Optional<String> holder) {
        return EngineException.conflict("the data root " + dataRoot + " is in use by another engine"
                + holder.map(pid -> " (process " + pid + ")").orElse("")
                + "; stop it or choose another data root");
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static Optional<String> holder(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty(); // it is just being made
        }
        String pid = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        return pid.matches("\\d{1,10}") ? Optional.of(pid) : Optional.empty();
    }
}
