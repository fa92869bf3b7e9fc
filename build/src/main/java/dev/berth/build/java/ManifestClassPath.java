package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The libraries of a jar, in the order in which the JVM looks into them: those that its manifest names, each followed by
 * those that its own names (JAR File Specification, "Class-Path Attribute"), and those that were given besides.
 */
final class ManifestClassPath {
    private final JavaSource source;
    private final JavaLimits limits;
    private final Set<Path> found = new LinkedHashSet<>();

    ManifestClassPath(JavaSource source, JavaLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    /**
     * Finds them.
     *
     * @throws ImageException NOT_FOUND where one is missing that the application itself names, INVALID
     */
    List<Path> libraries(JarContents application) throws IOException {
        Path jar = source.file().toAbsolutePath().normalize();
        found.add(jar);
        follow(jar, application, source.name(), true);
        List<Path> all = new ArrayList<>(given(source));
        all.removeIf(found::contains);
        found.remove(jar);
        all.addAll(0, found);
        return all;
    }

    /** Those that were given, which must be there. */
    static List<Path> given(JavaSource source) throws ImageException {
        List<Path> libraries = new ArrayList<>();
        for (Path library : source.libraries()) {
            Path path = library.toAbsolutePath().normalize();
            if (!Files.isRegularFile(path)) {
                throw new ImageException(ImageException.Kind.NOT_FOUND, library + ": no such jar");
            }
            libraries.add(path);
        }
        return libraries;
    }

    private void follow(Path jar, JarContents contents, String name, boolean required) throws IOException {
        Optional<String> words = contents.value("Class-Path");
        if (words.isEmpty()) {
            return;
        }
        for (String word : words.get().split("\\s+")) {
            Path library = resolve(jar, word, name);
            if (!Files.exists(library) && !required) {
                continue; // the JVM passes over it, too; libraries name much that is not there
            }
            if (Files.isDirectory(library)) {
                throw ImageException.invalid("the manifest of " + name + " has the folder " + word
                        + " in its Class-Path; only jars are taken from there");
            }
            if (!Files.isRegularFile(library)) {
                throw new ImageException(
                        ImageException.Kind.NOT_FOUND,
                        "the manifest of " + name + " has " + word
                                + " in its Class-Path, and there is no such file beside it");
            }
            if (found.size() > limits.libraries()) {
                throw ImageException.tooLarge("the class path has more than " + limits.libraries() + " jars");
            }
            if (found.add(library)) {
                String itsName = String.valueOf(library.getFileName());
                try (JarContents next = JarContents.openLibrary(library, itsName, limits)) {
                    follow(library, next, itsName, false);
                }
            }
        }
    }

    /** Entries are URLs that count from the jar. */
    private Path resolve(Path jar, String word, String name) throws ImageException {
        Path library;
        try {
            URI uri = jar.toUri().resolve(URI.create(word));
            if (!"file".equals(uri.getScheme())) {
                throw new IllegalArgumentException("it is no file");
            }
            library = Path.of(uri).normalize();
        } catch (IllegalArgumentException e) {
            throw new ImageException(
                    ImageException.Kind.INVALID,
                    "the manifest of " + name + " has \"" + word + "\" in its Class-Path: " + e.getMessage(),
                    e);
        }
        Optional<Path> within =
                source.within().map(folder -> folder.toAbsolutePath().normalize());
        if (within.isPresent() && !library.startsWith(within.get())) {
            throw ImageException.invalid("the manifest of " + name + " has \"" + word
                    + "\" in its Class-Path, which leads out of what was sent");
        }
        return library;
    }
}
