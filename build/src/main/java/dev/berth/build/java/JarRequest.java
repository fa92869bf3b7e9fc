package dev.berth.build.java;

import dev.berth.image.Image;
import dev.berth.image.archive.Assembly;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Platform;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An image that is asked for in words: the parameters of {@code POST /berth/build/jar}.
 *
 * @param jar the jar's name in what is sent with the request
 * @param libraries names there of jars that go on the class path
 * @param tags the image's names
 * @param base an image; none for a runtime made for the application
 * @param modules of the JDK that such a runtime has besides
 */
public record JarRequest(
        String jar,
        List<String> libraries,
        List<String> tags,
        Optional<String> base,
        List<String> modules,
        JavaImageOptions options) {
    private static final List<String> KNOWN = List.of(
            "jar",
            "lib",
            "t",
            "base",
            "module",
            "mainclass",
            "jvmflag",
            "arg",
            "env",
            "label",
            "expose",
            "user",
            "workdir",
            "platform",
            "sourcedate");

    public JarRequest {
        libraries = List.copyOf(libraries);
        tags = List.copyOf(tags);
        modules = List.copyOf(modules);
    }

    /** Has an image be there. */
    @FunctionalInterface
    public interface Bases {
        /** The image of the name, whose blobs are where the assembly's go. */
        Image find(String reference, Optional<Platform> platform, Assembly assembly) throws IOException;
    }

    /**
     * Reads the parameters; what is empty says nothing.
     *
     * @throws ImageException BAD_REQUEST for what is malformed, missing or unknown
     */
    public static JarRequest parse(Map<String, List<String>> query) throws ImageException {
        for (String name : query.keySet()) {
            if (!KNOWN.contains(name)) {
                throw bad("the parameter " + name + " is not one of those that the build of a jar knows: "
                        + String.join(", ", KNOWN));
            }
        }
        Words words = new Words(query);
        String jar = words.one("jar").orElseThrow(() -> bad("the parameter jar is missing: it names the jar"));
        Optional<String> platform = words.one("platform");
        JavaImageOptions options = new JavaImageOptions(
                words.one("mainclass"),
                words.all("jvmflag"),
                words.all("arg"),
                words.all("env"),
                labels(words.all("label")),
                words.all("expose"),
                words.one("user").orElse(""),
                words.one("workdir").orElse(""),
                platform.isPresent() ? Optional.of(Platform.parse(platform.get())) : Optional.empty(),
                sourceDate(words.one("sourcedate")));
        List<String> modules = words.all("module");
        for (String module : modules) {
            if (!module.matches("[A-Za-z_][A-Za-z0-9_.]*")) {
                throw bad("\"" + module + "\" is no name of a module");
            }
        }
        if (words.one("base").isPresent() && !modules.isEmpty()) {
            throw bad("modules are chosen for a runtime that is made here, and a base brings its own");
        }
        return new JarRequest(jar, words.all("lib"), words.all("t"), words.one("base"), modules, options);
    }

    private record Words(Map<String, List<String>> query) {
        List<String> all(String name) {
            return query.getOrDefault(name, List.of()).stream()
                    .filter(value -> !value.isEmpty())
                    .toList();
        }

        Optional<String> one(String name) {
            return all(name).stream().reduce((first, last) -> last);
        }
    }

    private static Map<String, String> labels(List<String> words) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            labels.put(equals < 0 ? word : word.substring(0, equals), equals < 0 ? "" : word.substring(equals + 1));
        }
        return labels;
    }

    private static Optional<Instant> sourceDate(Optional<String> seconds) throws ImageException {
        if (seconds.isEmpty()) {
            return Optional.empty();
        }
        if (!seconds.get().matches("\\d{1,11}")) {
            throw bad("SOURCE_DATE_EPOCH is a number of seconds since 1970, and not \"" + seconds.get() + "\"");
        }
        return Optional.of(Instant.ofEpochSecond(Long.parseLong(seconds.get())));
    }

    /**
     * How the image is made.
     *
     * @param upload the folder with what was sent; the manifest's words cannot lead out of it
     * @param made runtimes that were made for earlier requests
     * @param scratch a folder for what is needed meanwhile
     * @throws ImageException BAD_REQUEST for a name that leads out of what was sent
     */
    public Assembly.Recipe recipe(Path upload, Bases bases, JavaRuntimes made, Path scratch, Consumer<String> progress)
            throws ImageException {
        List<Path> paths = new ArrayList<>();
        for (String library : libraries) {
            paths.add(within(upload, library));
        }
        JavaSource source = new JavaSource(within(upload, jar), paths, Optional.of(upload));
        return assembly -> {
            JavaBase on = base.isPresent()
                    ? new JavaBase.OnImage(bases.find(base.get(), options.platform(), assembly))
                    : new JavaBase.Runtime(modules, made);
            return new JavaImage(source, on, options, scratch, progress).make(assembly);
        };
    }

    private static Path within(Path folder, String name) throws ImageException {
        try {
            Path path = folder.resolve(name).normalize();
            if (path.startsWith(folder) && !path.equals(folder)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw new ImageException(ImageException.Kind.BAD_REQUEST, "\"" + name + "\" is no file's name", e);
        }
        throw bad("\"" + name + "\" is not in what was sent");
    }

    private static ImageException bad(String message) {
        return new ImageException(ImageException.Kind.BAD_REQUEST, message);
    }
}
