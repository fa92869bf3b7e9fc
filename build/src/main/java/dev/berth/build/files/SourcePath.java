package dev.berth.build.files;

import dev.berth.build.BuildException;
import dev.berth.image.layer.TreeFile;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Paths in a tree of files, whose links lead nowhere out of it. */
final class SourcePath {
    private static final int MOST_LINKS = 255;

    private SourcePath() {}

    /** The names of a path: empty ones and dots are none, and nothing is above the root. */
    static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.removeLast();
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /**
     * Where a path leads when all its links are followed, the last one's too.
     *
     * @return empty where there is nothing
     */
    static Optional<List<String>> follow(SourceTree tree, List<String> path) throws IOException {
        Deque<String> left = new ArrayDeque<>(path);
        List<String> at = new ArrayList<>();
        int links = 0;
        while (!left.isEmpty()) {
            String name = left.removeFirst();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                if (!at.isEmpty()) {
                    at.removeLast();
                }
                continue;
            }
            at.add(name);
            Optional<TreeFile> found = tree.find(at);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            TarEntry entry = found.get().entry();
            if (entry.type() == TarEntry.Type.SYMLINK) {
                if (++links > MOST_LINKS) {
                    throw BuildException.invalid("too many symbolic links on the way to " + String.join("/", path));
                }
                String target = RawName.decode(entry.linkTarget());
                at.removeLast();
                if (target.startsWith("/")) {
                    at.clear();
                }
                List.of(target.split("/")).reversed().forEach(left::addFirst);
            } else if (entry.type() != TarEntry.Type.DIRECTORY && !left.isEmpty()) {
                return Optional.empty();
            }
        }
        return Optional.of(at);
    }
}
