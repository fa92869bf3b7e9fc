package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A jar whose classes lie in it as packages do: with its libraries beside it, named by its manifest; with them unpacked
 * into it ("shaded"); or without any. It is taken apart, but for one that has other classes for other versions of Java,
 * which only works as a jar.
 */
final class PlainJar {
    private static final String WAR_CONTENTS = "WEB-INF/";
    private static final String MULTI_RELEASE = "Multi-Release";
    private static final String VERSIONS = "META-INF/versions/";
    /** The name of a jar that stays one. */
    private static final String WHOLE = "application.jar";

    private final JavaSource source;
    private final JarContents jar;
    private final JavaLimits limits;

    PlainJar(JavaSource source, JarContents jar, JavaLimits limits) {
        this.source = source;
        this.jar = jar;
        this.limits = limits;
    }

    Application read(Optional<String> askedMainClass) throws IOException {
        if (!jar.files().tailMap(WAR_CONTENTS).isEmpty()
                && jar.files().tailMap(WAR_CONTENTS).firstKey().startsWith(WAR_CONTENTS)) {
            throw ImageException.invalid(source.name() + " is a web application (it has " + WAR_CONTENTS
                    + "), which needs a server to run in; only jars that run by themselves are taken");
        }
        String mainClass =
                MainClass.choose(askedMainClass.or(() -> jar.value("Main-Class")), jar.files(), source.name());
        List<Path> libraries = new ManifestClassPath(source, limits).libraries(jar);
        Layout layout = new Layout(limits);
        boolean whole = staysWhole();
        if (whole) {
            layout.addLibrary(Layout.CLASSES, WHOLE, Content.of(source.file()));
        } else {
            takeApart(layout, mainClass);
        }
        for (Path library : libraries) {
            String name = String.valueOf(library.getFileName());
            layout.addLibrary(Layout.partOf(name), name, Content.of(library));
        }
        String kind = whole ? "jar for several versions of Java" : libraries.isEmpty() ? "jar" : "jar with libraries";
        return new Application(
                kind,
                mainClass,
                layout.classPath(),
                layout.parts(),
                ManifestFlags.of(jar, source.name()),
                List.of(jar));
    }

    private boolean staysWhole() {
        return jar.value(MULTI_RELEASE).filter("true"::equalsIgnoreCase).isPresent()
                && jar.files().keySet().stream().anyMatch(name -> name.startsWith(VERSIONS));
    }

    /**
     * Of a shaded jar nothing tells which classes came from elsewhere; those in other packages than the main class's are
     * taken to have, and lie in the dependencies' layer. They are in the same folder all the same: where the guess is
     * wrong, only a rebuild takes longer.
     */
    private void takeApart(Layout layout, String mainClass) throws IOException {
        String own = ownPackages(mainClass);
        for (Map.Entry<String, Content> file : jar.files().entrySet()) {
            String name = file.getKey();
            String part = !Layout.isClass(name)
                    ? Layout.RESOURCES
                    : name.startsWith(own) || name.indexOf('/') < 0 ? Layout.CLASSES : Layout.DEPENDENCIES;
            layout.addOwn(part, name, file.getValue());
        }
    }

    /** The first two names of the main class's package, as a folder; all packages where it is in none. */
    private static String ownPackages(String mainClass) {
        String path = mainClass.replace('.', '/');
        int first = path.indexOf('/');
        int second = path.indexOf('/', first + 1);
        return first < 0 ? "" : path.substring(0, (second < 0 ? first : second) + 1);
    }
}
