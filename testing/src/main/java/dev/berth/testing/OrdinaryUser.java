package dev.berth.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A user with an empty home, and a copy of this JVM's class path, which may lie where only root reads. The host knows nothing
 * of it; whom the user's own programs see in {@code /etc}, they see in a mount namespace of theirs. Closing it removes what
 * there is.
 */
public final class OrdinaryUser implements AutoCloseable {
    /** The number of the user, and of the user's group. */
    public static final int ID = 64_711;

    private static final String NAME = "ordinary";
    private static final Path ETC = Path.of("/etc");

    private final Path folder;

    private OrdinaryUser(Path folder) {
        this.folder = folder;
    }

    /** One who is nobody: a number alone. */
    public static OrdinaryUser make() throws IOException {
        Path folder = Files.createTempDirectory("b"); // short: a socket's path has few bytes
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        OrdinaryUser user = new OrdinaryUser(folder);
        user.own(Files.createDirectory(user.home()));
        return user;
    }

    /** One with a name and a home in {@code /etc/passwd}, and no subordinate IDs. */
    public static OrdinaryUser known() throws IOException {
        OrdinaryUser user = make();
        Files.createDirectory(user.etc());
        user.etc("passwd", NAME + ":x:" + ID + ":" + ID + "::" + user.home() + ":/bin/sh");
        user.etc("group", NAME + ":x:" + ID + ":");
        return user;
    }

    /**
     * As {@link #known}, with subordinate IDs.
     *
     * @param ranges lines of {@code /etc/subuid} and {@code /etc/subgid} without the name, such as {@code 300000:65536}
     */
    public static OrdinaryUser withSubordinates(String... ranges) throws IOException {
        OrdinaryUser user = known();
        for (String range : ranges) {
            user.etc("subuid", NAME + ":" + range);
            user.etc("subgid", NAME + ":" + range);
        }
        return user;
    }

    private Path etc() {
        return folder.resolve("etc");
    }

    /** Adds a line to the user's copy of a file. */
    private void etc(String name, String line) throws IOException {
        Path copy = etc().resolve(name);
        if (Files.notExists(copy)) {
            Path hosts = ETC.resolve(name);
            Files.writeString(copy, Files.exists(hosts) ? Files.readString(hosts) : "");
        }
        Files.writeString(copy, line + "\n", StandardOpenOption.APPEND);
    }

    /** The home, which is the user's. */
    public Path home() {
        return folder.resolve("home");
    }

    /** Gives a file to the user. */
    public Path own(Path file) throws IOException {
        Files.setAttribute(file, "unix:uid", ID);
        Files.setAttribute(file, "unix:gid", ID);
        return file;
    }

    /** What makes a command the user's: to be put before it. */
    public List<String> launcher() {
        if (Files.notExists(etc())) {
            return ofNobody();
        }
        String own = "mount -t overlay ordinary-user -o lowerdir=" + etc() + ":/etc /etc && exec "
                + String.join(" ", ofNobody()) + " \"$@\"";
        return List.of("unshare", "--mount", "--propagation", "private", "sh", "-c", own, "sh");
    }

    /** As {@link #launcher}, of a user who is nobody. */
    static List<String> ofNobody() {
        String id = Integer.toString(ID);
        return List.of("setpriv", "--reuid", id, "--regid", id, "--clear-groups");
    }

    /** This JVM's class path where the user can read it. */
    public String classPath() throws IOException {
        Path copies = Files.createDirectories(folder.resolve("classes"));
        List<String> copied = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path original = Path.of(entry);
            if (Files.exists(original)) {
                Path copy = copies.resolve(copied.size() + "-" + original.getFileName());
                copy(original, copy);
                copied.add(copy.toString());
            }
        }
        return String.join(File.pathSeparator, copied);
    }

    private static void copy(Path original, Path copy) throws IOException {
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(original.relativize(file)), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** The processes that are the user's, by their command lines; those that have ended and were not waited for are none. */
    public static List<String> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> isOwn(Path.of("/proc", Long.toString(process.pid()))))
                .map(process ->
                        process.pid() + " " + process.info().commandLine().orElse(""))
                .toList();
    }

    private static boolean isOwn(Path process) {
        try {
            List<String> status = Files.readAllLines(process.resolve("status"));
            return status.stream().anyMatch(line -> line.startsWith("Uid:\t" + ID + "\t"))
                    && status.stream().noneMatch(line -> line.startsWith("State:\tZ"));
        } catch (IOException e) {
            return false; // it has ended
        }
    }

    @Override
    public void close() throws IOException {
        delete(folder);
        Path figures = Path.of("/tmp", "hsperfdata_" + NAME); // of the user's JVMs, which leave the folder
        if (Files.exists(figures)) {
            delete(figures);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
