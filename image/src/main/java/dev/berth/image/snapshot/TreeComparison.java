package dev.berth.image.snapshot;

import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import dev.berth.linux.file.OverlayOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Holds two trees of files against each other: names, types, owners, permissions, times, attributes, links, contents.
 * Directories' times are left out: those that a layer does not list get the time of their unpacking.
 */
final class TreeComparison {
    /** Which files of the right tree stand for which of the left, where those have several names. */
    private final Map<Long, Long> linked = new HashMap<>();

    private TreeComparison() {}

    /** The first difference, as a clause about the left one; empty where there is none. */
    static Optional<String> difference(Path left, Path right) throws IOException {
        try (Directory ours = Directory.open(left);
                Directory theirs = Directory.open(right)) {
            Optional<String> roots = status("/", ours.status(), theirs.status());
            return roots.isPresent() ? roots : new TreeComparison().compare("", ours, theirs);
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private Optional<String> compare(String path, Directory left, Directory right) throws IOException {
        Set<String> names = new HashSet<>(left.list());
        for (String name : right.list()) {
            if (!names.remove(name)) {
                return Optional.of(path + "/" + name + " is missing");
            }
        }
        if (!names.isEmpty()) {
            return Optional.of(path + "/" + names.iterator().next() + " does not belong there");
        }
        for (String name : right.list()) {
            Optional<String> difference = compare(path + "/" + name, name, left, right);
            if (difference.isPresent()) {
                return difference;
            }
        }
        return Optional.empty();
    }

    private Optional<String> compare(String path, String name, Directory left, Directory right) throws IOException {
        FileStatus ours = left.status(name).orElseThrow(() -> new IOException(path + " went away"));
        FileStatus theirs = right.status(name).orElseThrow(() -> new IOException(path + " went away"));
        Optional<String> difference = status(path, ours, theirs);
        if (difference.isPresent()) {
            return difference;
        }
        if (!attributes(left, name).equals(attributes(right, name))) {
            return Optional.of(path + " has other extended attributes");
        }
        return switch (theirs.type()) {
            case FileStatus.DIRECTORY -> {
                try (Directory below = left.openDirectory(name);
                        Directory others = right.openDirectory(name)) {
                    yield compare(path, below, others);
                }
            }
            case FileStatus.SYMLINK ->
                left.readLink(name).equals(right.readLink(name))
                        ? Optional.empty()
                        : Optional.of(path + " points elsewhere");
            case FileStatus.REGULAR -> content(path, name, left, right, ours, theirs);
            default -> Optional.empty();
        };
    }

    private static Optional<String> status(String path, FileStatus ours, FileStatus theirs) {
        if (ours.type() != theirs.type()) {
            return Optional.of(path + " is of another type");
        }
        if (ours.permissions() != theirs.permissions() && !ours.isSymlink()) {
            return Optional.of(path + " has other permissions");
        }
        if (ours.uid() != theirs.uid() || ours.gid() != theirs.gid()) {
            return Optional.of(path + " has another owner");
        }
        if (ours.rdevMajor() != theirs.rdevMajor() || ours.rdevMinor() != theirs.rdevMinor()) {
            return Optional.of(path + " is another device");
        }
        if (ours.isDirectory()) {
            return Optional.empty();
        }
        if (ours.size() != theirs.size()) {
            return Optional.of(path + " has " + ours.size() + " bytes instead of " + theirs.size());
        }
        if (ours.modifiedSeconds() != theirs.modifiedSeconds() || ours.modifiedNanos() != theirs.modifiedNanos()) {
            return Optional.of(path + " was modified");
        }
        return ours.links() == theirs.links() ? Optional.empty() : Optional.of(path + " has another number of names");
    }

    private Optional<String> content(
            String path, String name, Directory left, Directory right, FileStatus ours, FileStatus theirs)
            throws IOException {
        Long same = linked.put(theirs.inode(), ours.inode());
        if (same != null) {
            return same == ours.inode() ? Optional.empty() : Optional.of(path + " is not the link it should be");
        }
        try (Fd one = left.openFile(name, Open.READ, 0);
                Fd other = right.openFile(name, Open.READ, 0)) {
            return Files.mismatch(Path.of(one.procPath()), Path.of(other.procPath())) < 0
                    ? Optional.empty()
                    : Optional.of(path + " has another content");
        }
    }

    /** What overlayfs notes for itself in trees that were a container's changes says nothing of the files. */
    private static Map<String, List<Byte>> attributes(Directory directory, String name) {
        Attributes attributes = new Attributes(directory);
        Map<String, List<Byte>> all = new HashMap<>();
        for (String attribute : attributes.names(name)) {
            if (!attribute.startsWith(OverlayOptions.attributePrefix()) || attribute.equals(OverlayOptions.opaque())) {
                attributes.get(name, attribute).ifPresent(value -> all.put(attribute, boxed(value)));
            }
        }
        return all;
    }

    private static List<Byte> boxed(byte[] bytes) {
        Byte[] all = new Byte[bytes.length];
        Arrays.setAll(all, i -> bytes[i]);
        return List.of(all);
    }
}
