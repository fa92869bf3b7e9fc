package dev.berth.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A local repository for a Maven in a process of its own: what was just compiled of Berth, and links to the user's for all
 * else. Closing it takes the links away, so that whoever removes its folder does not follow them.
 *
 * @param folder for {@code -Dmaven.repo.local}
 */
record LocalRepository(Path folder) implements AutoCloseable {
    static final String VERSION = "0.1.0-SNAPSHOT";

    /** As the jar of the module linux has it, which is not packed yet; in others' it says nothing. */
    private static final String AGENT = "dev.berth.linux.namespace.RootAgent";

    /**
     * Makes one.
     *
     * @param folder that is made
     * @param modules of Berth that are to be in it, by their folders' names
     */
    static LocalRepository make(Path folder, List<String> modules) throws IOException {
        Path usual =
                Path.of(System.getProperty("localRepository", System.getProperty("user.home") + "/.m2/repository"));
        LocalRepository repository = new LocalRepository(Files.createDirectories(folder));
        linkAll(usual, folder, "dev");
        linkAll(usual.resolve("dev"), Files.createDirectories(folder.resolve("dev")), "berth");
        repository.install("berth", Path.of("../pom.xml"), Optional.empty());
        for (String module : modules) {
            Path project = Path.of("..", module);
            repository.install(
                    "berth-" + module, project.resolve("pom.xml"), Optional.of(project.resolve("target/classes")));
        }
        return repository;
    }

    private static void linkAll(Path from, Path to, String butFor) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> entries = Files.list(from)) {
            for (Path entry : entries.toList()) {
                String name = String.valueOf(entry.getFileName());
                if (!name.equals(butFor)) {
                    Files.createSymbolicLink(to.resolve(name), entry.toAbsolutePath());
                }
            }
        }
    }

    private void install(String artifact, Path pom, Optional<Path> classes) throws IOException {
        Path place = Files.createDirectories(folder.resolve("dev/berth/" + artifact + "/" + VERSION));
        String file = artifact + "-" + VERSION;
        Files.copy(pom, place.resolve(file + ".pom"));
        if (classes.isPresent()) {
            String jar = Path.of(System.getProperty("java.home"), "bin", "jar").toString();
            Path manifest = Files.writeString(place.resolve("manifest"), "Premain-Class: " + AGENT + "\n");
            Command.run(
                            Map.of(),
                            jar,
                            "--create",
                            "--no-compress",
                            "--manifest",
                            manifest.toString(),
                            "--file",
                            place.resolve(file + ".jar").toString(),
                            "-C",
                            classes.get().toString(),
                            ".")
                    .succeeded();
        }
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> entries = Files.walk(folder, 2)) {
            for (Path entry : entries.filter(Files::isSymbolicLink).toList()) {
                Files.delete(entry);
            }
        }
    }
}
