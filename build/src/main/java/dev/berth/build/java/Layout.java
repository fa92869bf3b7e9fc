package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where an application's files lie in its image: jars in {@code /app/libs}, its own files in {@code /app/resources} and
 * {@code /app/classes}. For one thread.
 */
final class Layout {
    static final String DEPENDENCIES = "dependencies";
    static final String SNAPSHOTS = "snapshot-dependencies";
    static final String RESOURCES = "resources";
    static final String CLASSES = "classes";

    /** Paths in the image. */
    static final String LIBRARIES_FOLDER = "app/libs/";

    static final String RESOURCES_FOLDER = "app/resources/";
    static final String CLASSES_FOLDER = "app/classes/";

    private static final String CLASS = ".class";

    private final JavaLimits limits;
    private final Map<String, SortedMap<String, Content>> parts = new LinkedHashMap<>();
    private final List<String> libraries = new ArrayList<>();
    private boolean hasResources;
    private boolean hasClasses;
    private long bytes;

    /** @param parts the layers' names, the lowest first */
    Layout(List<String> parts, JavaLimits limits) {
        this.limits = limits;
        parts.forEach(part -> this.parts.put(part, new TreeMap<>()));
    }

    /** With the usual layers. */
    Layout(JavaLimits limits) {
        this(List.of(DEPENDENCIES, SNAPSHOTS, RESOURCES, CLASSES), limits);
    }

    static boolean isClass(String name) {
        return name.endsWith(CLASS);
    }

    /** The part of a library of this name: what is being worked on changes more often. */
    static String partOf(String library) {
        return library.contains("SNAPSHOT") ? SNAPSHOTS : DEPENDENCIES;
    }

    /** Adds a jar to the end of the class path. Of several of one name the later ones lie in folders of their own. */
    void addLibrary(String part, String name, Content jar) throws ImageException {
        EntryNames.check(name, "the class path");
        String path = LIBRARIES_FOLDER + name;
        for (int i = 2; libraries.contains(path); i++) {
            path = LIBRARIES_FOLDER + i + "/" + name;
        }
        libraries.add(path);
        if (libraries.size() > limits.libraries()) {
            throw ImageException.tooLarge("the class path has more than " + limits.libraries() + " jars");
        }
        put(part, path, jar);
    }

    /** Adds a file of the application itself: a class or a resource, by its name. */
    void addOwn(String part, String name, Content file) throws ImageException {
        hasClasses |= isClass(name);
        hasResources |= !isClass(name);
        put(part, (isClass(name) ? CLASSES_FOLDER : RESOURCES_FOLDER) + name, file);
    }

    private void put(String part, String path, Content file) throws ImageException {
        SortedMap<String, Content> files = parts.get(part);
        if (files == null) {
            throw new IllegalArgumentException("no part " + part);
        }
        files.put(path, file);
        bytes += file.size();
        if (bytes > limits.bytes()) {
            throw ImageException.tooLarge(
                    "the application has more than the " + limits.bytes() + " bytes that are taken");
        }
    }

    /** Paths in the image: what the application has of its own goes before what it uses. */
    List<String> classPath() {
        List<String> paths = new ArrayList<>();
        if (hasResources) {
            paths.add("/app/resources");
        }
        if (hasClasses) {
            paths.add("/app/classes");
        }
        libraries.forEach(library -> paths.add("/" + library));
        return paths;
    }

    /** What there is. */
    List<Part> parts() {
        return parts.entrySet().stream()
                .filter(part -> !part.getValue().isEmpty())
                .map(part -> new Part(part.getKey(), part.getValue()))
                .toList();
    }
}
