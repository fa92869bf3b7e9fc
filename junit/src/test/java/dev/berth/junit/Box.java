package dev.berth.junit;

import dev.berth.embedded.Berth;
import dev.berth.embedded.BerthOptions;
import dev.berth.embedded.BuildSpec;
import dev.berth.embedded.ContainerSpec;
import dev.berth.testing.BusyboxTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An image with a busybox, built of a folder. */
final class Box {
    private Box() {}

    /** Makes it by a name in a cache, where the next engine finds it. */
    static void make(Path cache, Path directory, String name) throws IOException {
        Path tree = BusyboxTree.make(Files.createDirectories(directory.resolve("box")));
        Files.writeString(tree.resolve("Dockerfile"), "FROM scratch\nCOPY . /\n");
        try (Berth berth = Berth.start(BerthOptions.DEFAULT.withCache(cache))) {
            berth.images().build(BuildSpec.of(tree).name(name));
        }
    }

    /** A container of the image {@code box} that runs a line of shell, and then sleeps. */
    static ContainerSpec says(String line) {
        return ContainerSpec.of("box").command("sh", "-c", line + "; sleep 1000");
    }
}
