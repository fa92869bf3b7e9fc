package dev.berth.cli.output;

import dev.berth.cli.CliException;
import dev.berth.linux.Fd;
import dev.berth.linux.LinuxException;
import dev.berth.linux.file.Directory;
import dev.berth.linux.file.FileStatus;
import dev.berth.linux.file.Open;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Puts an archive's files into a folder: with their modes, times and links, with their owners where it is root who asks. They are
 * all written before the first of them is where it is wanted, so that a failure leaves nothing; no name and no link of the
 * archive or the folder leads out of it.
 */
final class TreeReceiver {
    private static final int NEW_FILE = 0600;
    private static final int NEW_DIRECTORY = 0700;
    private static final int ROOT = 0;

    private final PrintStream warnings;
    /** Directories by their paths: what is to be done to them comes when all is in them. */
    private final Map<String, TarArchiveEntry> directories = new LinkedHashMap<>();

    private boolean privileged;

    private TreeReceiver(PrintStream warnings) {
        this.warnings = warnings;
    }

    /**
     * Unpacks an archive to its end.
     *
     * @param target made where it is missing; files of the same names are replaced, others stay
     * @param warnings told of what cannot be made here
     * @throws CliException where an archive's name leads out, or a file would take a folder's place
     */
    static void unpack(InputStream archive, Path target, PrintStream warnings) throws IOException {
        boolean there = Files.isDirectory(target);
        if (!there && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new CliException("output " + target + ": not a directory");
        }
        if (there) {
            try (Unfinished staging = Unfinished.folder(target, "output")) {
                new TreeReceiver(warnings).receive(archive, staging.path(), target);
            }
            return;
        }
        Path parent = Unfinished.parent(target);
        try (Unfinished staging = Unfinished.folder(parent, String.valueOf(target.getFileName()))) {
            Path files = Files.createDirectory(staging.path().resolve("files"));
            Path whole = Files.createDirectory(staging.path().resolve("whole"));
            new TreeReceiver(warnings).receive(archive, files, whole);
            Files.move(whole, target);
        }
    }

    private void receive(InputStream archive, Path staging, Path target) throws IOException {
        try (Directory written = Directory.open(staging);
                Directory wanted = Directory.open(target)) {
            privileged = written.status().uid() == ROOT;
            TarArchiveInputStream tar = new TarArchiveInputStream(archive, "UTF-8");
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(entry, tar, written);
            }
            check(written, wanted);
            merge(written, wanted, "");
        } catch (LinuxException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    // writing

    private void write(TarArchiveEntry entry, InputStream data, Directory root) throws IOException {
        List<String> names = names(entry.getName());
        if (names.isEmpty()) {
            return;
        }
        try (Directory parent = makeParents(root, names)) {
            String name = names.getLast();
            if (entry.isDirectory()) {
                if (parent.status(name).isEmpty()) {
                    parent.makeDirectory(name, NEW_DIRECTORY);
                }
                directories.put(String.join("/", names), entry);
            } else if (entry.isSymbolicLink()) {
                parent.makeSymlink(entry.getLinkName(), name);
                adorn(parent, name, entry);
            } else if (entry.isLink()) {
                List<String> existing = names(entry.getLinkName());
                try (Directory from = makeParents(root, existing)) {
                    parent.makeLink(from, existing.getLast(), name);
                }
            } else if (entry.isFile()) {
                try (Fd file = parent.openFile(name, Open.WRITE | Open.CREATE | Open.EXCLUSIVE, NEW_FILE);
                        OutputStream out = Files.newOutputStream(Path.of(file.procPath()))) {
                    data.transferTo(out);
                }
                adorn(parent, name, entry);
            } else if (privileged) {
                parent.makeNode(name, entry.getMode(), entry.getDevMajor(), entry.getDevMinor());
                adorn(parent, name, entry);
            } else {
                warnings.println("left out " + entry.getName() + ": only root can make devices and pipes of an image");
            }
        }
    }

    /** Those of a path, none of which leads upwards. */
    private static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                throw new CliException("the archive has a name that leads out of it: " + path);
            }
            if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return names;
    }

    /** The directory that the last name is in. A link on the way is refused by the kernel. */
    private static Directory makeParents(Directory root, List<String> names) {
        Directory current = root.openDirectory(".");
        for (String name : names.subList(0, names.size() - 1)) {
            try (Directory above = current) {
                if (above.status(name).isEmpty()) {
                    above.makeDirectory(name, NEW_DIRECTORY);
                }
                current = above.openDirectory(name);
            }
        }
        return current;
    }

    private void adorn(Directory parent, String name, TarArchiveEntry entry) {
        if (privileged) {
            parent.changeOwner(name, (int) entry.getLongUserId(), (int) entry.getLongGroupId());
        }
        if (!entry.isSymbolicLink()) {
            parent.changeMode(name, entry.getMode() & 07777);
        }
        Instant time = entry.getLastModifiedTime().toInstant();
        parent.changeTime(name, time.getEpochSecond(), time.getNano());
    }

    // bringing it where it is wanted

    /** That nothing is in the way. */
    private static void check(Directory from, Directory to) {
        for (String name : from.list()) {
            FileStatus news = from.status(name).orElseThrow();
            boolean taken = to.status(name).filter(FileStatus::isDirectory).isPresent();
            if (taken && !news.isDirectory()) {
                throw new CliException("cannot overwrite directory " + to.path() + "/" + name + " with a file");
            }
            if (taken) {
                try (Directory inside = from.openDirectory(name);
                        Directory there = to.openDirectory(name)) {
                    check(inside, there);
                }
            }
        }
    }

    private void merge(Directory from, Directory to, String path) {
        for (String name : from.list()) {
            String whole = path + name;
            boolean directory = from.status(name).orElseThrow().isDirectory();
            if (directory) {
                boolean taken = to.status(name).filter(FileStatus::isDirectory).isPresent();
                if (!taken) {
                    to.deleteTree(name); // a file or a link, which would lead elsewhere
                    to.makeDirectory(name, NEW_DIRECTORY);
                }
                try (Directory inside = from.openDirectory(name);
                        Directory there = to.openDirectory(name)) {
                    merge(inside, there, whole + "/");
                }
                TarArchiveEntry entry = directories.get(whole);
                if (entry != null) {
                    adorn(to, name, entry);
                }
            } else {
                from.rename(name, to, name);
            }
        }
    }
}
