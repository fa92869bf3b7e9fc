package dev.berth.image.files;

import dev.berth.linux.Errno;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;

/**
 * The copy of a directory's content into an empty one, with owners, modes, times, attributes, links and devices as they
 * are. Both trees are reached by descriptors alone: no link is followed.
 */
final class TreeCopy {
    private static final int OWNER_ONLY = 0600;
    private static final int OWNER_ONLY_DIRECTORY = 0700;

    /** Where the first name of a file with several was put, by the file's device and number. */
    private final Map<FileId, Placed> placed = new HashMap<>();

    private final Directory to;

    private record FileId(long device, long inode) {}

    /** @param parent relative to the copy's root */
    private record Placed(String parent, String name) {}

    private TreeCopy(Directory to) {
        this.to = to;
    }

    /** Copies what is in a directory, and the directory's own owner, mode and time. */
    static void copy(Directory from, Directory to) throws IOException {
        new TreeCopy(to).content(from, to, "");
        metadata(from, ".", from.status(), to, ".");
    }

    private void content(Directory from, Directory into, String parent) throws IOException {
        for (String name : from.list()) {
            FileStatus status = from.status(name).orElse(null);
            if (status != null) { // else it has gone meanwhile
                entry(from, into, parent, name, status);
            }
        }
    }

    private void entry(Directory from, Directory into, String parent, String name, FileStatus status)
            throws IOException {
        if (status.isDirectory()) {
            into.makeDirectory(name, OWNER_ONLY_DIRECTORY);
            try (Directory source = from.openDirectory(name);
                    Directory target = into.openDirectory(name)) {
                content(source, target, parent + name + "/");
            }
        } else if (status.links() > 1 && isLinked(into, parent, name, status)) {
            return;
        } else if (status.isSymlink()) {
            into.makeSymlink(from.readLink(name), name);
        } else if (status.isRegular()) {
            file(from, into, name);
        } else {
            into.makeNode(name, status.type() | OWNER_ONLY, status.rdevMajor(), status.rdevMinor());
        }
        metadata(from, name, status, into, name);
    }

    private boolean isLinked(Directory into, String parent, String name, FileStatus status) {
        FileId id = new FileId(status.device(), status.inode());
        Placed first = placed.putIfAbsent(id, new Placed(parent, name));
        if (first == null) {
            return false;
        }
        try (Directory holder = to.openDirectoryInRoot(first.parent().isEmpty() ? "." : first.parent())) {
            into.makeLink(holder, first.name(), name);
        }
        return true;
    }

    private static void file(Directory from, Directory into, String name) throws IOException {
        try (Fd source = from.openFile(name, Open.READ, 0);
                Fd target = into.openFile(name, Open.WRITE | Open.CREATE | Open.EXCLUSIVE, OWNER_ONLY);
                FileChannel in = FileChannel.open(Path.of(source.procPath()), StandardOpenOption.READ);
                FileChannel out = FileChannel.open(Path.of(target.procPath()), StandardOpenOption.WRITE)) {
            long size = in.size();
            for (long done = 0; done < size; ) {
                long count = in.transferTo(done, size - done, out);
                if (count <= 0) {
                    return; // it has become shorter meanwhile
                }
                done += count;
            }
        }
    }

    /** The owner before the mode: a change of owner takes away set-user-ID bits (chown(2)). The time comes last. */
    private static void metadata(Directory from, String name, FileStatus status, Directory into, String newName) {
        into.changeOwner(newName, status.uid(), status.gid());
        if (!status.isSymlink()) {
            into.changeMode(newName, status.permissions());
        }
        Attributes source = new Attributes(from);
        Attributes target = new Attributes(into);
        for (String attribute : source.names(name)) {
            source.get(name, attribute).ifPresent(value -> set(target, newName, attribute, value));
        }
        into.changeTime(newName, status.modifiedSeconds(), status.modifiedNanos());
    }

    /** What the file system of the copy does not keep is left out, as cp(1) does. */
    private static void set(Attributes target, String name, String attribute, byte[] value) {
        try {
            target.set(name, attribute, value);
        } catch (LinuxException e) {
            if (!e.is(Errno.EOPNOTSUPP)) {
                throw e;
            }
        }
    }
}
