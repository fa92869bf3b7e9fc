package dev.berth.image.layer;

import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What an overlay's upper directory changes in the trees below it: what {@code docker diff} shows. */
public final class LayerChanges {
    private final LowerTrees lower;
    private final TreeMap<String, Kind> changes = new TreeMap<>();

    private LayerChanges(LowerTrees lower) {
        this.lower = lower;
    }

    /** What happened to a file. */
    public enum Kind {
        MODIFIED,
        ADDED,
        DELETED
    }

    /** @param path absolute, as the container sees it */
    public record Change(Kind kind, String path) {}

    /**
     * Compares; in the order of the paths.
     *
     * @param lower the topmost first
     */
    public static List<Change> of(List<Path> lower, Path upper) throws IOException {
        LayerChanges all = new LayerChanges(new LowerTrees(lower));
        try (Directory root = Directory.open(upper)) {
            all.walk(root, LayerPath.ROOT);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
        List<Change> list = new ArrayList<>();
        all.changes.forEach((path, kind) -> list.add(new Change(kind, path)));
        return list;
    }

    private void walk(Directory directory, LayerPath path) {
        if (OverlayMarks.isOpaque(directory)) {
            deleteHidden(directory, path);
        }
        for (String name : directory.list()) {
            Optional<FileStatus> status = directory.status(name);
            if (status.isPresent()) {
                visit(directory, path.child(name), status.get());
            }
        }
    }

    private void visit(Directory parent, LayerPath path, FileStatus status) {
        Optional<FileStatus> before = below(path);
        if (OverlayMarks.isWhiteout(status)) {
            if (before.isPresent()) {
                record(path, Kind.DELETED);
            }
            return;
        }
        boolean sameDirectory = before.isPresent() && status.isDirectory() && isSame(before.get(), status);
        if (!sameDirectory) {
            record(path, before.isPresent() ? Kind.MODIFIED : Kind.ADDED);
        }
        if (status.isDirectory()) {
            try (Directory child = parent.openDirectory(path.name())) {
                walk(child, path);
            }
        }
    }

    /** What was below an opaque directory and is not in it any more. */
    private void deleteHidden(Directory directory, LayerPath path) {
        Optional<LowerTrees.Found> found = lower.find(path);
        if (found.isEmpty()) {
            return;
        }
        try (LowerTrees.Found below = found.get()) {
            if (!below.status().isDirectory()) {
                return;
            }
            try (Directory old = below.parent().openDirectory(below.name())) {
                for (String name : old.list()) {
                    if (directory.status(name).isEmpty()) {
                        record(path.child(name), Kind.DELETED);
                    }
                }
            }
        }
    }

    private Optional<FileStatus> below(LayerPath path) {
        Optional<LowerTrees.Found> found = lower.find(path);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (LowerTrees.Found file = found.get()) {
            return Optional.of(file.status());
        }
    }

    private static boolean isSame(FileStatus before, FileStatus now) {
        return before.mode() == now.mode()
                && before.uid() == now.uid()
                && before.gid() == now.gid()
                && before.modifiedSeconds() == now.modifiedSeconds()
                && before.modifiedNanos() == now.modifiedNanos();
    }

    /** With the directories that lead to it, which count as modified. */
    private void record(LayerPath path, Kind kind) {
        changes.put("/" + path, kind);
        for (LayerPath parent = path.parent(); !parent.isRoot(); parent = parent.parent()) {
            changes.putIfAbsent("/" + parent, Kind.MODIFIED);
        }
    }
}
