package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;

/** What files of an application may be called, so that they can be files of a layer. */
final class EntryNames {
    /** What a layer's names begin with that remove a file of the layers below (OCI image-spec, layer.md). */
    private static final String WHITEOUT = ".wh.";

    private EntryNames() {}

    /**
     * Checks a name.
     *
     * @param where whose it is, for the error
     * @throws ImageException INVALID if it leads out of the application, or means something else in a layer
     */
    static void check(String name, String where) throws ImageException {
        if (name.isEmpty() || name.startsWith("/") || name.indexOf('\0') >= 0) {
            throw refused(name, where, "it is no relative path");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > Limits.DEFAULT.pathBytes() / 2) {
            throw refused(name, where, "it is too long for a file system");
        }
        for (String component : name.split("/", -1)) {
            if (component.equals("..") || component.equals(".") || component.isEmpty()) {
                throw refused(name, where, "it leads out of the application, or nowhere");
            }
            if (component.startsWith(WHITEOUT)) {
                throw refused(name, where, "in a layer, such a name removes another file");
            }
            if (component.getBytes(StandardCharsets.UTF_8).length > Limits.DEFAULT.nameBytes()) {
                throw refused(name, where, "it is too long for a file system");
            }
        }
    }

    /**
     * Checks that none of the files is also a directory of another.
     *
     * @throws ImageException INVALID
     */
    static void checkTree(Collection<String> names, String where) throws ImageException {
        Set<String> files = Set.copyOf(names);
        for (String name : files) {
            for (int slash = name.indexOf('/'); slash > 0; slash = name.indexOf('/', slash + 1)) {
                if (files.contains(name.substring(0, slash))) {
                    throw refused(name, where, name.substring(0, slash) + " is a file, and not a directory");
                }
            }
        }
    }

    private static ImageException refused(String name, String where, String why) {
        return ImageException.invalid(
                where + " has a file with a name that is refused, \"" + printable(name) + "\": " + why);
    }

    private static String printable(String name) {
        String clean = name.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 120 ? clean : clean.substring(0, 120) + "…";
    }
}
