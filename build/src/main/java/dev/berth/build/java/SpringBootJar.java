package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A jar with its libraries in it as jars, as Spring Boot packs one (Spring Boot, "The Executable Jar Format"). What it
 * starts with there, a loader for jars in jars, stays out: in the image its parts lie side by side, and the class that is
 * started is the application's own. Where it says itself what its layers are ({@code layers.idx}), they are these.
 */
final class SpringBootJar {
    private static final String START = "Start-Class";
    private static final String CLASSES = "BOOT-INF/classes/";
    private static final String LIBRARIES = "BOOT-INF/lib/";
    private static final String OWN = "BOOT-INF/";
    private static final String LOADER = "org/springframework/boot/loader/";
    /** Names the loader's own file system. */
    private static final String LOADER_SERVICE = "META-INF/services/java.nio.file.spi.FileSystemProvider";

    private final JavaSource source;
    private final JarContents jar;
    private final JavaLimits limits;

    SpringBootJar(JavaSource source, JarContents jar, JavaLimits limits) {
        this.source = source;
        this.jar = jar;
        this.limits = limits;
    }

    static boolean isOne(JarContents jar) {
        return jar.value(START).isPresent() && jar.files().keySet().stream().anyMatch(name -> name.startsWith(CLASSES));
    }

    Application read(Optional<String> askedMainClass) throws IOException {
        String mainClass = MainClass.choose(askedMainClass.or(() -> jar.value(START)), jar.files(), source.name());
        Optional<List<LayersIndex.Layer>> index = layersIndex();
        Layout layout = index.isPresent()
                ? new Layout(index.get().stream().map(LayersIndex.Layer::name).toList(), limits)
                : new Layout(limits);
        for (Map.Entry<String, Content> file : jar.files().entrySet()) {
            addOwn(layout, index, file.getKey(), file.getValue());
        }
        for (String path : libraries()) {
            String name = path.substring(LIBRARIES.length()).replace('/', '-');
            Content library = jar.files().get(path);
            if (library == null) {
                throw ImageException.invalid(source.name() + " lists " + path + " in its classpath.idx and has it not");
            }
            layout.addLibrary(part(index, path, Layout.partOf(name)), name, library);
        }
        for (Path library : ManifestClassPath.given(source)) {
            String name = String.valueOf(library.getFileName());
            layout.addLibrary(part(index, LIBRARIES + name, Layout.partOf(name)), name, Content.of(library));
        }
        return new Application(
                "Spring Boot jar" + (index.isPresent() ? " with layers of its own" : ""),
                mainClass,
                layout.classPath(),
                layout.parts(),
                ManifestFlags.of(jar, source.name()),
                List.of(jar));
    }

    private void addOwn(Layout layout, Optional<List<LayersIndex.Layer>> index, String path, Content file)
            throws IOException {
        boolean inClasses = path.startsWith(CLASSES);
        boolean left = path.startsWith(LOADER) || path.equals(LOADER_SERVICE);
        if (left || (!inClasses && path.startsWith(OWN))) {
            return;
        }
        String name = inClasses ? path.substring(CLASSES.length()) : path;
        if (!inClasses && jar.files().containsKey(CLASSES + path)) {
            return; // the loader prefers that, too
        }
        layout.addOwn(part(index, path, Layout.isClass(name) ? Layout.CLASSES : Layout.RESOURCES), name, file);
    }

    private static String part(Optional<List<LayersIndex.Layer>> index, String path, String otherwise) {
        return index.map(layers -> LayersIndex.layerOf(layers, path)).orElse(otherwise);
    }

    /** In the order in which the loader looks into them: as the index of the class path has it, then by name. */
    private Set<String> libraries() throws IOException {
        Set<String> ordered = new LinkedHashSet<>();
        Content index = jar.files().get(jar.value("Spring-Boot-Classpath-Index").orElse("BOOT-INF/classpath.idx"));
        if (index != null) {
            for (String line : text(index, "classpath.idx").lines().toList()) {
                if (line.startsWith("- ")) {
                    String path = LayersIndex.unquoted(line.substring(2).strip());
                    ordered.add(path.contains("/") ? path : LIBRARIES + path);
                }
            }
        }
        for (String path : jar.files().keySet()) {
            if (path.startsWith(LIBRARIES)) {
                ordered.add(path);
            }
        }
        return ordered;
    }

    private Optional<List<LayersIndex.Layer>> layersIndex() throws IOException {
        Content index = jar.files().get(jar.value("Spring-Boot-Layers-Index").orElse("BOOT-INF/layers.idx"));
        return index == null
                ? Optional.empty()
                : Optional.of(LayersIndex.parse(text(index, "layers.idx"), source.name()));
    }

    private String text(Content file, String what) throws IOException {
        if (file.size() > limits.manifestBytes()) {
            throw ImageException.tooLarge(what + " of " + source.name() + " has " + file.size() + " bytes; at most "
                    + limits.manifestBytes() + " are read");
        }
        try (InputStream in = file.open()) {
            return new String(in.readNBytes(limits.manifestBytes()), StandardCharsets.UTF_8);
        }
    }
}
