package dev.berth.build;

import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A directory that another process of this host has open and lends to a build. It is opened by way of that process, whatever
 * its mounts are: a path of its own would mean another directory, or none, in ours. That it has it open is what gives it the
 * right to lend it.
 */
public final class LentFolder implements AutoCloseable {
    private static final String EFFECTIVE = "CapEff:";
    /** CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH. */
    private static final long READS_EVERYTHING = 1L << 1 | 1L << 2;

    private final Directory directory;

    private LentFolder(Directory directory) {
        this.directory = directory;
    }

    /**
     * Whether a process reads whatever we do, being of our user namespace and having root's right to read (capabilities(7)): for
     * another one files would be read that it cannot read itself.
     *
     * @param process its number as we see it
     */
    public static boolean readsEverything(long process) {
        try {
            Path theirs = Path.of("/proc", Long.toString(process));
            boolean same = Files.readSymbolicLink(theirs.resolve("ns/user"))
                    .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/user")));
            long rights = Files.readAllLines(theirs.resolve("status")).stream()
                    .filter(line -> line.startsWith(EFFECTIVE))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring(EFFECTIVE.length()).strip(), 16))
                    .findFirst()
                    .orElse(0);
            return same && (rights & READS_EVERYTHING) != 0;
        } catch (IOException e) {
            return false; // it is gone, or none of our business
        }
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
