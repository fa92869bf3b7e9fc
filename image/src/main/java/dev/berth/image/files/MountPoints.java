package dev.berth.image.files;

import dev.berth.image.layer.TreeFile;
import dev.berth.image.tar.TarEntry;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The places that a container's mounts are mounted on. Those that are missing from its files are made when it starts, and are
 * no change that it has made: they are taken from its changes again.
 */
public final class MountPoints {
    /** What was there before: each path to a mount point and those above it, and nothing for what was missing. */
    private final Map<List<String>, Optional<TreeFile>> before = new LinkedHashMap<>();

    private MountPoints() {}

    /** Remembers what is there before the container starts. */
    public static MountPoints before(FileTree files, List<String> targets) throws IOException {
        MountPoints points = new MountPoints();
        for (String target : targets) {
            List<String> names = names(target);
            for (int i = 1; i <= names.size(); i++) {
                List<String> path = List.copyOf(names.subList(0, i));
                if (!points.before.containsKey(path)) {
                    points.before.put(path, files.find(path));
                }
            }
        }
        return points;
    }

    private static List<String> names(String target) {
        List<String> names = new ArrayList<>();
        Path.of("/" + target).normalize().forEach(name -> names.add(name.toString()));
        return names;
    }

    /** Takes those that were made from a container's changes, unless it has put something there. */
    public void removeFrom(Path upper) throws IOException {
        List<List<String>> deepestFirst = new ArrayList<>(before.keySet());
        deepestFirst.sort(
                Comparator.comparing((List<String> path) -> path.size()).reversed());
        try (Directory root = Directory.open(upper)) {
            for (List<String> path : deepestFirst) {
                remove(root, path);
            }
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void remove(Directory root, List<String> path) {
        if (path.size() == 1) {
            removeEmpty(root, path);
            return;
        }
        Optional<FileStatus> next = root.status(path.getFirst());
        if (next.isPresent() && next.get().isDirectory()) { // behind a link, it is another path's
            removeBelow(root, path);
        }
    }

    private void removeBelow(Directory root, List<String> path) {
        List<Directory> opened = new ArrayList<>();
        try {
            Directory parent = root;
            for (String name : path.subList(0, path.size() - 1)) {
                Optional<FileStatus> status = parent.status(name);
                if (status.isEmpty() || !status.get().isDirectory()) {
                    return;
                }
                parent = parent.openDirectory(name);
                opened.add(parent);
            }
            removeEmpty(parent, path);
        } finally {
            opened.reversed().forEach(Directory::close);
        }
    }

    private void removeEmpty(Directory parent, List<String> path) {
        String name = path.getLast();
        Optional<FileStatus> now = parent.status(name);
        if (now.isEmpty()) {
            return;
        }
        Optional<TreeFile> was = before.getOrDefault(path, Optional.empty());
        if (now.get().isDirectory()) {
            try (Directory directory = parent.openDirectory(name)) {
                if (!directory.list().isEmpty() || (was.isPresent() && !isSame(was.get(), now.get()))) {
                    return;
                }
            }
            parent.removeDirectory(name);
        } else if (was.isEmpty()
                && now.get().type() == FileStatus.REGULAR
                && now.get().size() == 0) {
            parent.unlink(name);
        }
    }

    /** Whether a directory was copied up for nothing but what was made in it. */
    private static boolean isSame(TreeFile was, FileStatus now) {
        TarEntry entry = was.entry();
        return entry.type() == TarEntry.Type.DIRECTORY
                && entry.mode() == now.permissions()
                && (int) entry.uid() == now.uid()
                && (int) entry.gid() == now.gid();
    }
}
