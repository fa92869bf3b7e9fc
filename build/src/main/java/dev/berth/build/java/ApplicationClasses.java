package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * All classes of an application and its libraries: which of the JDK's modules they use, and whether one is there. Read
 * from the class files' constants, as {@code jdeps} does; what is only named in a text at run time is not seen.
 */
final class ApplicationClasses {
    private static final int FIRST_JAVA = 44;
    private static final String MODULE_DESCRIPTION = "module-info.class";

    private final Application application;
    private final Path scratch;
    private final JavaLimits limits;

    /**
     * What the classes need.
     *
     * @param modules of the JDK that runs this
     * @param javaVersion at least
     */
    record Needs(SortedSet<String> modules, int javaVersion) {}

    /** @param scratch a folder for what has to be a file for a while */
    ApplicationClasses(Application application, Path scratch, JavaLimits limits) {
        this.application = application;
        this.scratch = scratch;
        this.limits = limits;
    }

    /** Looks at one class file, or file of another kind. */
    @FunctionalInterface
    private interface Visitor {
        /** @return whether to go on */
        boolean visit(String name, Content file) throws IOException;
    }

    /**
     * Sees to it that the main class is there.
     *
     * @throws ImageException NOT_FOUND
     */
    void checkMainClass() throws IOException {
        String wanted = application.mainClass().replace('.', '/') + ".class";
        boolean[] found = {false};
        visitOwn((name, file) -> !(found[0] |= name.equals(wanted)));
        if (!found[0]) {
            visitLibraries((name, file) -> !(found[0] |= name.equals(wanted)));
        }
        if (!found[0]) {
            throw new ImageException(
                    ImageException.Kind.NOT_FOUND,
                    "the main class " + application.mainClass()
                            + " is neither in the application nor in its libraries");
        }
    }

    /** What all classes need. */
    Needs needs() throws IOException {
        Map<String, String> modules = new HashMap<>();
        for (ModuleReference module : ModuleFinder.ofSystem().findAll()) {
            for (String each : module.descriptor().packages()) {
                modules.put(each.replace('.', '/'), module.descriptor().name());
            }
        }
        TreeSet<String> needed = new TreeSet<>();
        needed.add("java.base");
        int[] version = {FIRST_JAVA};
        Visitor look = (name, file) -> {
            boolean usual = Layout.isClass(name) && !name.startsWith("META-INF/") && !name.equals(MODULE_DESCRIPTION);
            Optional<ClassFacts> facts = usual ? ClassFacts.read(file) : Optional.empty();
            facts.ifPresent(known -> {
                version[0] = Math.max(version[0], known.version());
                for (String each : known.packages()) {
                    Optional.ofNullable(modules.get(each)).ifPresent(needed::add);
                }
            });
            return true;
        };
        visitOwn(look);
        visitLibraries(look);
        return new Needs(needed, version[0] - FIRST_JAVA);
    }

    private void visitOwn(Visitor visitor) throws IOException {
        for (Part part : application.parts()) {
            for (Map.Entry<String, Content> file : part.files().entrySet()) {
                boolean own = file.getKey().startsWith(Layout.CLASSES_FOLDER);
                if (own && !visitor.visit(file.getKey().substring(Layout.CLASSES_FOLDER.length()), file.getValue())) {
                    return;
                }
            }
        }
    }

    private void visitLibraries(Visitor visitor) throws IOException {
        for (Part part : application.parts()) {
            for (Map.Entry<String, Content> file : part.files().entrySet()) {
                boolean library = file.getKey().startsWith(Layout.LIBRARIES_FOLDER);
                if (library && !visitLibrary(file.getKey(), file.getValue(), visitor)) {
                    return;
                }
            }
        }
    }

    private boolean visitLibrary(String path, Content library, Visitor visitor) throws IOException {
        String name = path.substring(path.lastIndexOf('/') + 1);
        if (library.file().isPresent()) {
            return visitJar(library.file().get(), name, visitor);
        }
        Path copy = Files.createTempFile(scratch, "library", ".jar");
        try {
            try (InputStream in = library.open()) {
                Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            }
            return visitJar(copy, name, visitor);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private boolean visitJar(Path file, String name, Visitor visitor) throws IOException {
        try (JarContents jar = JarContents.openLibrary(file, name, limits)) {
            for (Map.Entry<String, Content> each : jar.files().entrySet()) {
                if (!visitor.visit(each.getKey(), each.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }
}
