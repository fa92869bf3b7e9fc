package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * An application, taken apart into what changes seldom and what changes often. Its files can be read until it is closed.
 *
 * @param kind what it came as, in words for people
 * @param classPath paths in the image, with a slash before them
 * @param parts the seldom changing first; none is empty
 * @param jvmFlags what the manifest asks of the JVM
 */
record Application(
        String kind,
        String mainClass,
        List<String> classPath,
        List<Part> parts,
        List<String> jvmFlags,
        List<JarContents> open)
        implements AutoCloseable {
    Application {
        classPath = List.copyOf(classPath);
        parts = List.copyOf(parts);
        jvmFlags = List.copyOf(jvmFlags);
        open = List.copyOf(open);
    }

    /**
     * Reads an application.
     *
     * @param mainClass instead of the one that the manifest names
     * @throws ImageException NOT_FOUND, INVALID, TOO_LARGE, BAD_REQUEST where there is no main class
     */
    static Application open(JavaSource source, Optional<String> mainClass, JavaLimits limits) throws IOException {
        if (!Files.exists(source.file())) {
            throw new ImageException(ImageException.Kind.NOT_FOUND, source.file() + ": no such file or directory");
        }
        if (Files.isDirectory(source.file())) {
            return new ClassFolder(source, limits).read(mainClass);
        }
        JarContents jar = JarContents.open(source.file(), source.name(), limits);
        try {
            return SpringBootJar.isOne(jar)
                    ? new SpringBootJar(source, jar, limits).read(mainClass)
                    : new PlainJar(source, jar, limits).read(mainClass);
        } catch (IOException | RuntimeException e) {
            jar.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        List<IOException> failures = new ArrayList<>();
        for (JarContents jar : open) {
            try {
                jar.close();
            } catch (IOException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            throw Collections.max(failures, (a, b) -> 0);
        }
    }
}
