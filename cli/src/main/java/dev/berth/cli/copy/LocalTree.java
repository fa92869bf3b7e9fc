package dev.berth.cli.copy;

import dev.berth.cli.CliException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Local files as archives, out and in. */
final class LocalTree {
    private static final LinkOption NOFOLLOW = LinkOption.NOFOLLOW_LINKS;

    private LocalTree() {}

    /**
     * Writes a file, or a directory with what is in it.
     *
     * @param name what the entries begin with
     */
    static void pack(Path file, String name, OutputStream out) throws IOException {
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            packOne(file, name, tar);
        }
    }

    private static void packOne(Path file, String name, TarArchiveOutputStream tar) throws IOException {
        Map<String, Object> status = Files.readAttributes(file, "unix:mode,uid,gid", NOFOLLOW);
        boolean directory = Files.isDirectory(file, NOFOLLOW);
        boolean link = Files.isSymbolicLink(file);
        if (!directory && !link && !Files.isRegularFile(file, NOFOLLOW)) {
            return; // devices, fifos and sockets stay
        }
        TarArchiveEntry entry = link
                ? new TarArchiveEntry(name, TarConstants.LF_SYMLINK)
                : new TarArchiveEntry(directory ? name + "/" : name);
        if (link) {
            entry.setLinkName(Files.readSymbolicLink(file).toString());
        }
        entry.setMode(number(status, "mode") & 07777);
        entry.setIds(number(status, "uid"), number(status, "gid"));
        entry.setLastModifiedTime(Files.getLastModifiedTime(file, NOFOLLOW));
        entry.setSize(directory || link ? 0 : Files.size(file));
        tar.putArchiveEntry(entry);
        if (!directory && !link) {
            try (InputStream in = Files.newInputStream(file)) {
                in.transferTo(tar);
            }
        }
        tar.closeArchiveEntry();
        if (directory) {
            for (Path child : sorted(file)) {
                packOne(child, name + "/" + child.getFileName(), tar);
            }
        }
    }

    private static int number(Map<String, Object> status, String name) {
        return status.get(name) instanceof Integer number ? number : 0;
    }

    private static List<Path> sorted(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory)) {
            all.forEach(children::add);
        }
        Collections.sort(children);
        return children;
    }

    /**
     * Unpacks an archive. What is unpacked belongs to who runs this, as Docker has it.
     *
     * @param below the archive's own first name, in place of which comes the target
     * @param target what the first entry becomes; its parent exists
     */
    static void unpack(InputStream archive, String below, Path target) throws IOException {
        Map<Path, TarArchiveEntry> directories = new LinkedHashMap<>();
        TarArchiveInputStream tar = new TarArchiveInputStream(archive, "UTF-8");
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path file = place(entry.getName(), below, target);
            if (entry.isDirectory()) {
                if (!Files.isDirectory(file, NOFOLLOW)) {
                    refuse(
                            Files.exists(file, NOFOLLOW),
                            "cannot overwrite non-directory \"" + file + "\" with directory");
                    Files.createDirectories(file);
                }
                directories.put(file, entry);
                continue;
            }
            refuse(Files.isDirectory(file, NOFOLLOW), "cannot overwrite directory \"" + file + "\" with non-directory");
            refuseLinks(file, target);
            if (entry.isSymbolicLink()) {
                Files.deleteIfExists(file);
                Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
            } else if (entry.isLink()) {
                Files.deleteIfExists(file);
                Files.createLink(file, place(entry.getLinkName(), below, target));
            } else if (entry.isFile()) {
                Files.deleteIfExists(file);
                Files.copy(tar, file, StandardCopyOption.REPLACE_EXISTING);
                apply(entry, file);
            }
        }
        for (Map.Entry<Path, TarArchiveEntry> directory : directories.entrySet()) {
            apply(directory.getValue(), directory.getKey());
        }
    }

    /** Where an entry goes; a name that would lead out of the target is refused. */
    private static Path place(String name, String below, Path target) {
        String rest = name.startsWith(below) ? name.substring(below.length()) : "/" + name;
        String relative = rest.replaceFirst("^/+", "");
        Path file = target.resolve(relative).normalize();
        refuse(!file.startsWith(target.normalize()), "the archive has a name that leads out of it: " + name);
        return file;
    }

    /** A directory below the target that is a link by now was made one by the archive, which leads out. */
    private static void refuseLinks(Path file, Path target) {
        for (Path parent = file.getParent();
                parent != null && parent.startsWith(target) && !parent.equals(target);
                parent = parent.getParent()) {
            refuse(Files.isSymbolicLink(parent), "the archive has files below the link " + parent);
        }
    }

    private static void apply(TarArchiveEntry entry, Path file) throws IOException {
        Files.setAttribute(file, "unix:mode", entry.getMode() & 07777, NOFOLLOW);
        Files.setLastModifiedTime(file, entry.getLastModifiedTime());
    }

    private static void refuse(boolean wrong, String why) {
        if (wrong) {
            throw new CliException(why);
        }
    }
}
