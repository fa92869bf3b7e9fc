package dev.berth.conformance;

import dev.berth.testing.BusyboxTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A busybox tree as a tar, of which tests make an image. */
final class BoxTar {
    private BoxTar() {}

    /** Makes it in a directory, where the tree is left as {@code tree}. */
    static Path make(Path directory) throws IOException {
        Path tree = BusyboxTree.make(directory.resolve("tree"));
        Path tar = directory.resolve("box.tar");
        Command.run(Map.of(), "tar", "-C", tree.toString(), "-cf", tar.toString(), ".")
                .succeeded();
        return tar;
    }
}
