package dev.berth.engine.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** How volumes lie below the data root: {@code volumes/<name>/_data} the files, beside it the record. */
final class VolumeDirectory {
    /** The files of a volume. */
    static final String DATA = "_data";
    /** Of one that is being made: it has its name once it is whole. */
    static final String MAKING = ".making-";
    /** Of one that is being removed: it has no name any more. */
    static final String REMOVED = ".removed-";

    private VolumeDirectory() {}

    static Path of(Path dataRoot) {
        return dataRoot.resolve("volumes");
    }

    /** Whether something unfinished has left it. */
    static boolean isLeftover(String name) {
        return name.startsWith(MAKING) || name.startsWith(REMOVED);
    }

    /** Makes what is missing of a volume's directories; others than the owner can pass, and no more, as in Docker. */
    static void make(Path directory) throws IOException {
        make(directory, "rwx-----x");
        make(directory.resolve(DATA), "rwxr-xr-x");
    }

    static void make(Path directory, String permissions) throws IOException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
        }
    }
}
