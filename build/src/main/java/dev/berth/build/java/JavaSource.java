package dev.berth.build.java;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an image is made of.
 *
 * @param file a jar, or a folder of classes and resources
 * @param libraries jars that are put on the class path, behind those that the jar's manifest names
 * @param within the folder that the manifest's words cannot lead out of, where they are a stranger's
 */
public record JavaSource(Path file, List<Path> libraries, Optional<Path> within) {
    public JavaSource {
        libraries = List.copyOf(libraries);
    }

    /** A jar or folder of one's own, with what its manifest names. */
    public static JavaSource of(Path file) {
        return new JavaSource(file, List.of(), Optional.empty());
    }

    /** This source with libraries. */
    public JavaSource withLibraries(List<Path> other) {
        return new JavaSource(file, other, within);
    }

    String name() {
        return String.valueOf(file.getFileName());
    }
}
