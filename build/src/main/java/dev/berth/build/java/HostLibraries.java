package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import dev.berth.linux.elf.DynamicObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What the programs of a Java runtime need of this host's C library: the dynamic loader, and the libraries that they are
 * linked against and those that these are (ld.so(8)). An empty image has nothing of it.
 */
final class HostLibraries {
    private static final Path CONFIGURATION = Path.of("/etc/ld.so.conf");
    /** Without these, no Java starts. Others are for parts of it, which do without what this host has not. */
    private static final Set<String> REQUIRED = Set.of(
            "bin/java",
            "lib/libjli.so",
            "lib/server/libjvm.so",
            "lib/libjava.so",
            "lib/libjimage.so",
            "lib/libnet.so",
            "lib/libnio.so",
            "lib/libzip.so");

    private static final int MOST_CONFIGURATIONS = 100;

    private final Path runtime;
    private final Map<String, DynamicObject> objects = new TreeMap<>();
    private final Set<String> own = new LinkedHashSet<>();
    private final SortedMap<String, Path> found = new TreeMap<>();
    private final List<String> missing = new ArrayList<>();

    private HostLibraries(Path runtime) {
        this.runtime = runtime;
    }

    /**
     * What was found.
     *
     * @param files of the host, by where they belong in the image, without a slash before it
     * @param missing sentences about what this host has not and Java starts without
     * @param searched the folders that were looked into
     */
    record Result(SortedMap<String, Path> files, List<String> missing, List<Path> searched) {}

    /** A library that is asked for. */
    private record Wish(String name, String by, boolean required) {}

    /**
     * Finds what a runtime needs.
     *
     * @param runtime a folder as jlink makes it
     * @throws ImageException UNAVAILABLE where this host has not what Java cannot do without
     */
    static Result find(Path runtime) throws IOException {
        return new HostLibraries(runtime).find();
    }

    private Result find() throws IOException {
        readObjects();
        DynamicObject java = Optional.ofNullable(objects.get("bin/java"))
                .orElseThrow(() -> missing("bin/java of the runtime is no ELF program"));
        String loader =
                java.interpreter().orElseThrow(() -> missing("bin/java of the runtime does not name a dynamic loader"));
        found.put(loader.substring(1), Path.of(loader));
        List<Path> folders = folders(loader);
        Map<String, Path> byName = new HashMap<>();
        byName.put(fileName(loader), Path.of(loader));
        for (Deque<Wish> wishes = wishes(); !wishes.isEmpty(); ) {
            Wish wish = wishes.removeFirst();
            if (own.contains(fileName(wish.name)) || byName.containsKey(wish.name)) {
                continue;
            }
            Optional<Path> library = search(folders, wish.name, java.machine());
            if (library.isEmpty()) {
                miss(wish);
                continue;
            }
            byName.put(wish.name, library.get());
            DynamicObject.read(library.get())
                    .ifPresent(object ->
                            object.needed().forEach(next -> wishes.addLast(new Wish(next, wish.name, wish.required))));
        }
        byName.remove(fileName(loader));
        place(byName);
        return new Result(found, List.copyOf(missing), folders);
    }

    private void readObjects() throws IOException {
        try (Stream<Path> files = Files.walk(runtime)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Optional<DynamicObject> object = DynamicObject.read(file);
                if (object.isPresent()) {
                    objects.put(runtime.relativize(file).toString(), object.get());
                    own.add(fileName(file.toString()));
                }
            }
        }
    }

    /** Of what must be there first: who shares it with what need not is to find it found. */
    private Deque<Wish> wishes() {
        Deque<Wish> wishes = new ArrayDeque<>();
        objects.forEach((file, object) -> {
            boolean required = REQUIRED.contains(file);
            for (String name : object.needed()) {
                Wish wish = new Wish(name, file, required);
                if (required) {
                    wishes.addFirst(wish);
                } else {
                    wishes.addLast(wish);
                }
            }
        });
        return wishes;
    }

    private void miss(Wish wish) throws ImageException {
        String sentence = wish.by + " needs " + wish.name + ", which this host has not";
        if (wish.required) {
            throw missing(sentence);
        }
        if (!missing.contains(sentence)) {
            missing.add(sentence);
        }
    }

    /** All lie beside the C library, where the loader looks also without its cache. */
    private void place(Map<String, Path> byName) throws ImageException {
        Path libc = byName.entrySet().stream()
                .filter(library -> library.getKey().startsWith("libc."))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> missing("bin/java of the runtime is not linked against a C library"));
        String folder = Optional.ofNullable(libc.getParent())
                .orElse(Path.of("/"))
                .toString()
                .substring(1);
        byName.forEach((name, file) -> found.put(folder + "/" + fileName(name), file));
    }

    private static Optional<Path> search(List<Path> folders, String name, int machine) throws IOException {
        for (Path folder : name.startsWith("/") ? List.of(Path.of("/")) : folders) {
            Path file = folder.resolve(name.startsWith("/") ? name.substring(1) : name);
            if (Files.isRegularFile(file)
                    && DynamicObject.read(file)
                            .filter(object -> object.machine() == machine)
                            .isPresent()) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Where the loader looks: where it is told to, then in the usual places of the distributions. */
    private static List<Path> folders(String loader) throws IOException {
        Set<Path> folders = new LinkedHashSet<>();
        configured(CONFIGURATION, folders, new LinkedHashSet<>());
        String triplet = System.getProperty("os.arch").equals("aarch64") ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
        for (String usual :
                List.of("/lib/" + triplet, "/usr/lib/" + triplet, "/lib64", "/usr/lib64", "/lib", "/usr/lib")) {
            folders.add(Path.of(usual));
        }
        folders.add(Optional.ofNullable(Path.of(loader).getParent()).orElse(Path.of("/")));
        return List.copyOf(folders);
    }

    /** ld.so.conf: folders, and other such files (ldconfig(8)). */
    private static void configured(Path file, Set<Path> folders, Set<Path> seen) throws IOException {
        if (!Files.isReadable(file) || !seen.add(file) || seen.size() > MOST_CONFIGURATIONS) {
            return;
        }
        for (String line : Files.readAllLines(file)) {
            String words = line.replaceFirst("#.*", "").strip();
            if (words.startsWith("include ")) {
                Path pattern = CONFIGURATION.resolveSibling(
                        words.substring("include ".length()).strip());
                for (Path each : matching(pattern)) {
                    configured(each, folders, seen);
                }
            } else if (words.startsWith("/")) {
                folders.add(Path.of(words));
            }
        }
    }

    private static List<Path> matching(Path pattern) throws IOException {
        List<Path> files = new ArrayList<>();
        Path folder = Optional.ofNullable(pattern.getParent()).orElse(Path.of("/"));
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, fileName(pattern.toString()))) {
                all.forEach(files::add);
            }
        }
        files.sort(null);
        return files;
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static ImageException missing(String sentence) {
        return new ImageException(
                ImageException.Kind.UNAVAILABLE,
                sentence + ": no runtime can be made for an empty image; name a base with --base");
    }
}
