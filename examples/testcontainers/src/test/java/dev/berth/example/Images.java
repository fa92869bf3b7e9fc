package dev.berth.example;

import java.nio.file.Path;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.DockerImageName;

/** The images of this suite. Those that are built stay for the next run, which finds each step done. */
final class Images {
    static final DockerImageName BUSYBOX = DockerImageName.parse("busybox:1.36");

    private Images() {}

    /** Of Debian's packages, in place of an official image for which a module of Testcontainers was written. */
    static DockerImageName ofDebian(String folder, String inPlaceOf) {
        String name = new ImageFromDockerfile("berth-example/" + folder, false)
                .withFileFromPath(".", Path.of("images", folder))
                .get();
        return DockerImageName.parse(name).asCompatibleSubstituteFor(inPlaceOf);
    }
}
