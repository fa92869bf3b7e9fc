package dev.berth.level.os.user;

import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.OverlayOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Reads files of an overlay that is not mounted, as overlayfs would show them: the topmost layer that has an entry
 * wins, a whiteout hides what is below it, an opaque directory hides the directories below it, and symbolic links are
 * followed inside the tree only ({@code Documentation/filesystems/overlayfs.rst}).
 */
public final class LayeredTree {
    private static final int MOST_LINKS = 40;

    private final List<Path> layers;

    /** @param layers the topmost first */
    public LayeredTree(List<Path> layers) {
        this.layers = List.copyOf(layers);
    }

    /**
     * The content of the regular file at an absolute path; empty where there is none.
     *
     * @param limit how many bytes are read at most
     * @throws IOException when it cannot be read
     */
    public Optional<byte[]> read(String path, int limit) throws IOException {
        Optional<Path> file =
                find(path).filter(found -> Files.isRegularFile(found, java.nio.file.LinkOption.NOFOLLOW_LINKS));
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file.get())) {
            return Optional.of(in.readNBytes(limit));
        }
    }

    /** Where on the host the file lies that an absolute path shows; empty where there is none. */
    public Optional<Path> find(String path) {
        Walk walk = walk(path);
        return walk.missing().isEmpty()
                ? Optional.of(walk.trail().getLast().candidates().getFirst())
                : Optional.empty();
    }

    /**
     * The path without symbolic links that an absolute path means, whether it is there or not: a link that leads to
     * nothing tells where a mount point is to be made.
     */
    public String resolve(String path) {
        Walk walk = walk(path);
        StringBuilder resolved = new StringBuilder();
        walk.trail().stream().skip(1).forEach(place -> resolved.append('/').append(place.name()));
        walk.missing().forEach(name -> resolved.append('/').append(name));
        return resolved.isEmpty() ? "/" : resolved.toString();
    }

    /**
     * How far a path goes.
     *
     * @param trail the places passed, the root first
     * @param missing the names behind the last place that are not there
     */
    private record Walk(List<Place> trail, List<String> missing) {}

    private Walk walk(String path) {
        Deque<String> rest = components(path);
        List<Place> trail = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        trail.add(new Place("", layers));
        int links = 0;
        while (!rest.isEmpty()) {
            String name = rest.pop();
            if (name.equals("..")) {
                if (!missing.isEmpty()) {
                    missing.removeLast();
                } else if (trail.size() > 1) {
                    trail.removeLast();
                }
                continue;
            }
            Optional<Place> next = missing.isEmpty() ? trail.getLast().child(name) : Optional.empty();
            Optional<String> link = next.flatMap(Place::link);
            if (next.isEmpty() || link.isPresent() && ++links > MOST_LINKS) {
                missing.add(name);
            } else if (link.isEmpty()) {
                trail.add(next.get());
            } else {
                Deque<String> target = components(link.get());
                if (link.get().startsWith("/")) {
                    trail.subList(1, trail.size()).clear();
                }
                while (!target.isEmpty()) {
                    rest.push(target.removeLast());
                }
            }
        }
        return new Walk(trail, missing);
    }

    private static Deque<String> components(String path) {
        Deque<String> names = new ArrayDeque<>();
        for (String name : path.split("/")) {
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /** One entry of the merged tree: where it lies, the topmost first; more than one only for merged directories. */
    private record Place(String name, List<Path> candidates) {
        Optional<Place> child(String name) {
            List<Path> found = new ArrayList<>();
            for (Path directory : candidates) {
                try (Directory open = Directory.open(directory)) {
                    Optional<FileStatus> status = open.status(name);
                    if (status.isEmpty()) {
                        continue;
                    }
                    if (isWhiteout(status.get())) {
                        break;
                    }
                    if (!status.get().isDirectory()) {
                        if (found.isEmpty()) {
                            found.add(directory.resolve(name));
                        }
                        break;
                    }
                    found.add(directory.resolve(name));
                    if (isOpaque(open, name)) {
                        break;
                    }
                } catch (LinuxException e) {
                    if (!e.is(Errno.ENOTDIR) && !e.is(Errno.ENOENT)) {
                        throw e;
                    }
                }
            }
            return found.isEmpty() ? Optional.empty() : Optional.of(new Place(name, found));
        }

        Optional<String> link() {
            Path top = candidates.getFirst();
            try {
                return Files.isSymbolicLink(top)
                        ? Optional.of(Files.readSymbolicLink(top).toString())
                        : Optional.empty();
            } catch (IOException e) {
                return Optional.empty(); // gone meanwhile: then it is no link
            }
        }

        private static boolean isWhiteout(FileStatus status) {
            return status.type() == FileStatus.CHARACTER_DEVICE && status.rdevMajor() == 0 && status.rdevMinor() == 0;
        }

        private static boolean isOpaque(Directory parent, String name) {
            return new Attributes(parent)
                    .get(name, OverlayOptions.opaque())
                    .filter(value -> value.length == 1 && value[0] == 'y')
                    .isPresent();
        }
    }
}
