package dev.berth.build;

import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory that another process of this host has open and lends to a build. It is opened by way of that process, whatever
 * its mounts are: a path of its own would mean another directory, or none, in ours. That it has it open is what gives it the
 * right to lend it.
 */
public final class LentFolder implements AutoCloseable {
    private final Directory directory;

    private LentFolder(Directory directory) {
        this.directory = directory;
    }

    /**
     * What a process has open.
     *
     * @param process its number as we see it
     * @param descriptor its number in that process
     * @param device what stat(2) tells the process of it: another one has another directory there
     * @return empty where there is no such directory, or none that we may read
     */
    public static Optional<LentFolder> of(long process, int descriptor, long device, long inode) {
        try {
            Directory directory = Directory.open(Path.of("/proc/" + process + "/fd/" + descriptor));
            FileStatus status = directory.status();
            if (status.device() == device && status.inode() == inode) {
                return Optional.of(new LentFolder(directory));
            }
            directory.close();
        } catch (LinuxException e) {
            System.getLogger(LentFolder.class.getName())
                    .log(System.Logger.Level.DEBUG, "a context is not read in place: {0}", e.getMessage());
        }
        return Optional.empty();
    }

    /** A path that means this directory, in this process, until it is closed. */
    public Path path() {
        return Path.of(directory.fd().procPath());
    }

    @Override
    public void close() {
        directory.close();
    }
}
