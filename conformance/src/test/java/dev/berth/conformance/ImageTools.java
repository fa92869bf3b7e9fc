package dev.berth.conformance;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Other engines' tools, which are to take what we make.
 *
 * @param home below which podman keeps what it has
 */
record ImageTools(Path home) {
    /** What podman says; it must succeed. */
    String podman(String... words) {
        return run(
                List.of(
                        "podman",
                        "--root",
                        home.resolve("podman").toString(),
                        "--runroot",
                        home.resolve("podman-run").toString(),
                        "--storage-driver",
                        "vfs",
                        "--cgroup-manager",
                        "cgroupfs"),
                words);
    }

    /** Takes in an archive, runs its image without a network, and forgets all images. */
    String podmanRuns(Path archive, String image) {
        podman("load", "-q", "-i", archive.toString());
        try {
            return podman(
                    "run",
                    "--rm",
                    "--network",
                    "none",
                    // A control group that is gone with the container, and limits that a host's own may not be above.
                    "--cgroups=no-conmon",
                    "--cgroup-parent",
                    "/",
                    "--ulimit",
                    "nofile=1024:1024",
                    "--ulimit",
                    "nproc=1024:1024",
                    image);
        } finally {
            podman("rmi", "-fa");
        }
    }

    /** What skopeo says; it must succeed. */
    static String skopeo(String... words) {
        return run(List.of("skopeo", "--insecure-policy"), words);
    }

    private static String run(List<String> first, String... words) {
        return Command.run(
                        Map.of(),
                        Stream.concat(first.stream(), Stream.of(words)).toArray(String[]::new))
                .succeeded()
                .out();
    }
}
