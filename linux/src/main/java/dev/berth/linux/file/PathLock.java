package dev.berth.linux.file;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.Kernel;
import dev.berth.linux.LinuxException;
import dev.berth.linux.asm.SystemCall;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A lock on whatever file or directory has a name (flock(2)). It is the open file's, so it holds between threads as between
 * processes, and ends with the process however that ends. What is locked may be renamed or removed meanwhile: the lock goes
 * with it, and whoever locks the name then locks what has it now. The taker closes it, on any thread.
 */
public final class PathLock implements AutoCloseable {
    private static final int LOCK_EXCLUSIVE = 2;
    private static final int LOCK_NON_BLOCKING = 4;
    private static final int LOCK_UNLOCK = 8;
    private static final int OWNERS = 0600;

    private final Fd fd;

    private PathLock(Fd fd) {
        this.fd = fd;
    }

    /** Locks a directory; nothing where somebody else has locked it, or where there is none. */
    public static Optional<PathLock> tryDirectory(Path directory) {
        return tryTake(directory, Open.READ | Open.DIRECTORY);
    }

    /** Locks a file, which is made where it is missing; nothing where somebody else has locked it. */
    public static Optional<PathLock> tryFile(Path file) {
        return tryTake(file, Open.READ_WRITE | Open.CREATE);
    }

    private static Optional<PathLock> tryTake(Path path, int flags) {
        String name = String.valueOf(path.getFileName());
        try (Directory parent = Directory.open(path.resolveSibling("."))) {
            PathLock lock = new PathLock(parent.openFile(name, flags, OWNERS));
            try {
                if (lock.isTaken(path) && lock.isOf(parent, name)) {
                    return Optional.of(lock);
                }
            } catch (LinuxException e) {
                lock.close();
                throw e;
            }
            lock.close();
            return Optional.empty();
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean isTaken(Path path) {
        long result = Kernel.running().raw(SystemCall.FLOCK, fd.number(), LOCK_EXCLUSIVE | LOCK_NON_BLOCKING);
        if (result < 0 && result != -Errno.EAGAIN.number()) {
            throw new LinuxException(SystemCall.FLOCK, (int) -result, "lock " + path);
        }
        return result == 0;
    }

    /** Whether the name still leads to what was locked. */
    private boolean isOf(Directory parent, String name) {
        FileStatus locked = Directory.statusOf(fd, name);
        return parent.status(name)
                .filter(now -> now.inode() == locked.inode() && now.device() == locked.device())
                .isPresent();
    }

    /** Also where a child process that is just being started has got a copy of the descriptor. Idempotent. */
    @Override
    public void close() {
        if (fd.isOpen()) {
            Kernel.running().raw(SystemCall.FLOCK, fd.number(), LOCK_UNLOCK);
            fd.close();
        }
    }
}
