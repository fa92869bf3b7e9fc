package dev.berth.embedded;

import dev.berth.image.files.FileTree;
import dev.berth.testing.BusyboxTree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The image {@code box}: a busybox, and nothing that a registry would be needed for. */
final class Box {
    static final String IMAGE = "box";

    private Box() {}

    /** Makes it in an engine. */
    static void make(Berth berth, Path directory) throws IOException {
        Path tree = BusyboxTree.make(Files.createDirectories(directory.resolve("box")));
        Path tar = directory.resolve("box.tar");
        try (FileTree files = FileTree.at(tree);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(tar))) {
            files.pack("/.", out);
        }
        try (InputStream in = Files.newInputStream(tar)) {
            berth.images().importTree(in, IMAGE);
        }
    }

    /** A container of it that runs a line of shell. */
    static ContainerSpec shell(String line) {
        return ContainerSpec.of(IMAGE).command("sh", "-c", line);
    }
}
