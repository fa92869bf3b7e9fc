package dev.berth.level.os.user;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.Open;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads files in the root of a container that runs; no link of the container's leads out of it. */
public final class RunningTree implements Accounts.Source, AutoCloseable {
    private final Directory root;

    /** Opens the root of a process, of which the caller knows that it is still the one it means. */
    public RunningTree(int pid) {
        root = Directory.open(Path.of("/proc/" + pid + "/root/."));
    }

    @Override
    public Optional<byte[]> read(String path, int limit) throws IOException {
        try (Fd file = root.openInRoot(path, Open.PATH | Open.CLOEXEC, 0)) {
            Path opened = Path.of(file.procPath());
            if (!Files.isRegularFile(opened)) { // a FIFO would hold us up
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(opened)) {
                return Optional.of(in.readNBytes(limit));
            }
        } catch (LinuxException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return Optional.empty();
            }
            throw new IOException("cannot read " + path + " in the container: " + e.reason(), e);
        }
    }

    @Override
    public void close() {
        root.close();
    }
}
