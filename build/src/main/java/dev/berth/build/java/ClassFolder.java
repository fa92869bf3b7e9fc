package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.stream.Stream;

/** A folder of classes and resources, as a compiler leaves it; its libraries are given beside it. */
final class ClassFolder {
    private final JavaSource source;
    private final JavaLimits limits;

    ClassFolder(JavaSource source, JavaLimits limits) {
        this.source = source;
        this.limits = limits;
    }

    Application read(Optional<String> askedMainClass) throws IOException {
        SortedMap<String, Content> files = files();
        Attributes manifest = JarContents.manifest(files, source.name(), limits);
        String mainClass = MainClass.choose(
                askedMainClass.or(() -> Optional.ofNullable(manifest.getValue(Attributes.Name.MAIN_CLASS))
                        .map(String::strip)),
                files,
                source.name());
        Layout layout = new Layout(limits);
        for (Map.Entry<String, Content> file : files.entrySet()) {
            String part = Layout.isClass(file.getKey()) ? Layout.CLASSES : Layout.RESOURCES;
            layout.addOwn(part, file.getKey(), file.getValue());
        }
        for (Path library : ManifestClassPath.given(source)) {
            String name = String.valueOf(library.getFileName());
            layout.addLibrary(Layout.partOf(name), name, Content.of(library));
        }
        return new Application(
                "folder of classes", mainClass, layout.classPath(), layout.parts(), List.of(), List.of());
    }

    /** All files below; links are followed, as the JVM does. */
    private SortedMap<String, Content> files() throws IOException {
        SortedMap<String, Content> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(source.file(), FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                String name = source.file().relativize(file).toString();
                EntryNames.check(name, source.name());
                files.put(name, Content.of(file));
                if (files.size() > limits.entries()) {
                    throw ImageException.tooLarge(
                            source.name() + " has more than the " + limits.entries() + " files that are taken");
                }
            }
        } catch (UncheckedIOException e) { // how a stream says it
            throw e.getCause();
        }
        return files;
    }
}
