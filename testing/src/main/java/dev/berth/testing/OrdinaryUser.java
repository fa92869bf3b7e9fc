package dev.berth.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A user who is nobody on this host but has an empty home, and a copy of this JVM's class path, which may lie where only root
 * reads. Closing it removes both.
 */
public final class OrdinaryUser implements AutoCloseable {
    private static final int ID = 64_711;

    private final Path folder;

    private OrdinaryUser(Path folder) {
        this.folder = folder;
    }

    /** Makes the home, outside of folders that are root's alone. */
    public static OrdinaryUser make() throws IOException {
        Path folder = Files.createTempDirectory("b"); // short: a socket's path has few bytes
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        OrdinaryUser user = new OrdinaryUser(folder);
        user.own(Files.createDirectory(user.home()));
        return user;
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
    public static List<String> launcher() {
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
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
