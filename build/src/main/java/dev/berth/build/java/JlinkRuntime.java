package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A Java runtime made for one application: the modules that it uses of the JDK that runs this, by {@code jlink}, and what
 * these need of this host's C library. The same JDK, host and modules give the same files.
 */
final class JlinkRuntime {
    /** Where it lies in the image, without a slash before it. */
    static final String HOME = "opt/java";

    private static final String PASSWD = """
            root:x:0:0:root:/root:/sbin/nologin
            nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
            """;
    private static final String GROUP = """
            root:x:0:
            nogroup:x:65534:
            """;
    /** The C library's locale for UTF-8 without a language: without it, Java takes names of files for ASCII. */
    private static final Path LOCALE = Path.of("/usr/lib/locale/C.utf8");

    private static final int MOST_OUTPUT_CHARACTERS = 2000;

    private final Path folder;
    private final HostLibraries.Result libraries;

    private JlinkRuntime(Path folder, HostLibraries.Result libraries) {
        this.folder = folder;
        this.libraries = libraries;
    }

    /**
     * Makes one.
     *
     * @param folder to be made for it; the caller removes it
     * @param progress told what it does without
     * @throws ImageException UNAVAILABLE where there is no jlink, or the host lacks something; INVALID where jlink refuses
     */
    static JlinkRuntime make(Path folder, SortedSet<String> modules, Consumer<String> progress) throws IOException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "jlink");
        if (!Files.isExecutable(program)) {
            throw new ImageException(
                    ImageException.Kind.UNAVAILABLE,
                    "the Java that runs here has no jlink (" + program
                            + " is not there): run Berth by a JDK, or name a base with --base");
        }
        Path log = folder.resolveSibling(folder.getFileName() + ".log");
        run(
                log,
                List.of(
                        program.toString(),
                        "--add-modules",
                        String.join(",", modules),
                        "--no-header-files",
                        "--no-man-pages",
                        "--output",
                        folder.toString()));
        HostLibraries.Result libraries = HostLibraries.find(folder);
        libraries.missing().forEach(sentence -> progress.accept("The runtime goes without a part: " + sentence));
        return new JlinkRuntime(folder, libraries);
    }

    /** What a program needs that is linked dynamically, and the few files that it looks for. */
    SortedMap<String, Content> system() throws IOException {
        SortedMap<String, Content> files = new TreeMap<>();
        files.put("etc/passwd", Content.of(PASSWD.getBytes(StandardCharsets.UTF_8)));
        files.put("etc/group", Content.of(GROUP.getBytes(StandardCharsets.UTF_8)));
        files.put("etc/nsswitch.conf", Content.of("hosts: files dns\n".getBytes(StandardCharsets.UTF_8)));
        for (Map.Entry<String, Path> library : libraries.files().entrySet()) {
            files.put(library.getKey(), Content.of(library.getValue()));
        }
        if (Files.isDirectory(LOCALE)) {
            addTree(LOCALE, LOCALE.toString().substring(1), files);
        }
        return files;
    }

    /** What of this host the runtime hangs on: where any of it changes, another one would come of the same modules. */
    List<Path> sources() throws IOException {
        Path jdk = Path.of(System.getProperty("java.home"));
        List<Path> sources = new ArrayList<>(libraries.files().values());
        sources.addAll(libraries.searched());
        sources.add(LOCALE);
        sources.addAll(List.of(jdk.resolve("release"), jdk.resolve("lib/modules"), jdk.resolve("bin/java")));
        for (String folder : List.of("conf", "lib/security")) {
            try (Stream<Path> all = Files.walk(jdk.resolve(folder))) {
                all.forEach(sources::add);
            }
        }
        return sources;
    }

    /** The runtime itself. */
    SortedMap<String, Content> java() throws IOException {
        SortedMap<String, Content> files = new TreeMap<>();
        addTree(folder, HOME, files);
        return files;
    }

    private static void addTree(Path root, String path, SortedMap<String, Content> files) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                files.put(path + "/" + root.relativize(file), Content.of(file));
            }
        }
    }

    /** What containers find in their environment. */
    static List<String> env() {
        return List.of(
                "PATH=/" + HOME + "/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "JAVA_HOME=/" + HOME,
                "LANG=C.UTF-8");
    }

    private static void run(Path log, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JDK_JAVA_OPTIONS"); // what is made depends on the modules alone
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.redirectInput(Path.of("/dev/null").toFile());
        builder.redirectOutput(log.toFile());
        Process process = builder.start();
        try {
            int code = process.waitFor();
            if (code != 0) {
                String said =
                        Files.readString(log, StandardCharsets.UTF_8).strip().replaceAll("\\s*\\n\\s*", "; ");
                throw ImageException.invalid("jlink cannot make a runtime: "
                        + said.substring(0, Math.min(said.length(), MOST_OUTPUT_CHARACTERS)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a Java runtime was made");
        } finally {
            process.destroyForcibly().onExit().join(); // it writes until then
            Files.deleteIfExists(log);
        }
    }

    /** What jlink says without where in its code it says so. */
    private static String complaint(Path log) throws IOException {
        String said = Files.readString(log, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("at "))
                .findFirst()
                .orElse("it does not say why");
        return said.substring(0, Math.min(said.length(), MOST_OUTPUT_CHARACTERS));
    }
}
