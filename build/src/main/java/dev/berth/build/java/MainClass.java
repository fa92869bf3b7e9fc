package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Which class of an application is started. */
final class MainClass {
    private static final int NAMED_AT_MOST = 5;

    private MainClass() {}

    /**
     * The class that is named, or else the only one that can be started.
     *
     * @param named by who builds, or by the manifest
     * @param files the application's own
     * @throws ImageException BAD_REQUEST where it is not clear, INVALID where the name is none
     */
    static String choose(Optional<String> named, SortedMap<String, Content> files, String application)
            throws IOException {
        if (named.isPresent()) {
            return checked(named.get(), application);
        }
        List<String> candidates = new ArrayList<>();
        for (Map.Entry<String, Content> file : files.entrySet()) {
            if (Layout.isClass(file.getKey())
                    && ClassFacts.read(file.getValue())
                            .filter(ClassFacts::isStartable)
                            .isPresent()) {
                candidates.add(file.getKey()
                        .substring(0, file.getKey().length() - ".class".length())
                        .replace('/', '.'));
            }
        }
        if (candidates.size() == 1) {
            return checked(candidates.getFirst(), application);
        }
        String found = candidates.isEmpty()
                ? "no class of it has a method \"public static void main(String[])\""
                : "several of its classes could be: "
                        + String.join(", ", candidates.subList(0, Math.min(candidates.size(), NAMED_AT_MOST)))
                        + (candidates.size() > NAMED_AT_MOST ? "…" : "");
        throw new ImageException(
                ImageException.Kind.BAD_REQUEST,
                "no main class: the manifest of " + application + " names none, and " + found
                        + ". Name it with --main-class");
    }

    /** A name that the command {@code java} cannot take for anything else. */
    private static String checked(String name, String application) throws ImageException {
        boolean valid = !name.isEmpty() && Character.isJavaIdentifierStart(name.codePointAt(0));
        for (String part : name.split("\\.", -1)) {
            valid &= !part.isEmpty() && part.codePoints().allMatch(c -> Character.isJavaIdentifierPart(c) || c == '-');
        }
        if (!valid) {
            throw ImageException.invalid("the main class of " + application + ", \""
                    + name.replaceAll("\\p{Cntrl}", "?") + "\", is no name of a class");
        }
        return name;
    }
}
