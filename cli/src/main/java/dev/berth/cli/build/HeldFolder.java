package dev.berth.cli.build;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A folder that we have open, so that a daemon of this host can open it by way of this process. */
public final class HeldFolder implements AutoCloseable {
    private final Path root;
    private final FileChannel channel;

    private HeldFolder(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /** @param root without links */
    public static HeldFolder open(Path root) throws IOException {
        return new HeldFolder(root, FileChannel.open(root, StandardOpenOption.READ));
    }

    /** By what number we have it open, and which one it is: {@code <descriptor>:<device>:<inode>}. */
    public Optional<String> words() throws IOException {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path number : open) {
                if (Files.isSymbolicLink(number)
                        && Files.readSymbolicLink(number).equals(root)) {
                    return Optional.of(
                            String.join(":", number.getFileName() + "", attribute("unix:dev"), attribute("unix:ino")));
                }
            }
        }
        return Optional.empty();
    }

    private String attribute(String name) throws IOException {
        return Long.toUnsignedString(((Number) Files.getAttribute(root, name)).longValue());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
