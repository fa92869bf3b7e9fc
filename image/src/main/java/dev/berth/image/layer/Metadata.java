package dev.berth.image.layer;

import dev.berth.image.tar.TarEntry;
import dev.berth.linux.Errno;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Attributes;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.OpenFile;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file's owner, permissions, time and extended attributes. Applied in the one order that works: a change of owner
 * takes setuid bits and capabilities away, and everything else touches the time.
 */
record Metadata(int mode, int uid, int gid, Instant modified, Map<String, byte[]> xattrs) {
    static Metadata of(TarEntry entry) {
        return new Metadata(entry.mode(), (int) entry.uid(), (int) entry.gid(), entry.modified(), entry.xattrs());
    }

    static Metadata of(Directory parent, String name, FileStatus status) {
        return new Metadata(
                status.permissions(),
                status.uid(),
                status.gid(),
                Instant.ofEpochSecond(status.modifiedSeconds(), status.modifiedNanos()),
                portableAttributes(parent, name));
    }

    /** To a new file of root's. */
    void apply(OpenFile file) {
        if (uid != 0 || gid != 0) {
            file.changeOwner(uid, gid);
        }
        file.changeMode(mode);
        xattrs.forEach((name, value) -> {
            if (OverlayMarks.isPortable(name)) {
                ignoringUnsupported(() -> file.setAttribute(name, value));
            }
        });
        file.changeTime(modified.getEpochSecond(), modified.getNano());
    }

    /** To a directory, whoever owned it. */
    void apply(Directory directory) {
        OpenFile file = new OpenFile(directory.fd(), directory.path());
        file.changeOwner(uid, gid);
        apply(file);
    }

    /** To what can't be opened: links, devices, fifos. */
    void apply(Directory parent, String name, boolean isSymlink) {
        parent.changeOwner(name, uid, gid);
        if (!isSymlink) {
            parent.changeMode(name, mode);
        }
        setAttributes(parent, name);
        parent.changeTime(name, modified.getEpochSecond(), modified.getNano());
    }

    /**
     * To a file that another name gave its metadata already. An owner that is right is left alone: setting it would
     * take the file's capabilities, which archives list with the first name only.
     */
    void adjust(Directory parent, String name) {
        FileStatus status = parent.status(name).orElseThrow();
        if (status.uid() != uid || status.gid() != gid) {
            parent.changeOwner(name, uid, gid);
        }
        if (!status.isSymlink()) {
            parent.changeMode(name, mode);
        }
        setAttributes(parent, name);
        parent.changeTime(name, modified.getEpochSecond(), modified.getNano());
    }

    private void setAttributes(Directory parent, String name) {
        Attributes attributes = new Attributes(parent);
        xattrs.forEach((attribute, value) -> {
            if (OverlayMarks.isPortable(attribute)) {
                ignoringUnsupported(() -> attributes.set(name, attribute, value));
            }
        });
    }

    private static Map<String, byte[]> portableAttributes(Directory parent, String name) {
        Attributes attributes = new Attributes(parent);
        Map<String, byte[]> values = new LinkedHashMap<>();
        for (String attribute : attributes.names(name)) {
            if (OverlayMarks.isPortable(attribute)) {
                attributes.get(name, attribute).ifPresent(value -> values.put(attribute, value));
            }
        }
        return values;
    }

    /** As Docker does: not every file system and every kind of file takes every attribute, and images run without. */
    private static void ignoringUnsupported(Runnable set) {
        try {
            set.run();
        } catch (LinuxException e) {
            if (!e.is(Errno.EOPNOTSUPP) && !e.is(Errno.EPERM)) {
                throw e;
            }
        }
    }
}
