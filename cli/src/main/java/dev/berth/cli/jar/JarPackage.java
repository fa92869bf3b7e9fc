package dev.berth.cli.jar;

import dev.berth.cli.CliException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * A jar with the libraries that it names, in folders that lie to each other as they do here, so that the names still lead
 * there; and further libraries. What is named and is not there is left for the daemon to tell.
 */
public final class JarPackage {
    private final Map<String, Path> files = new LinkedHashMap<>();
    private final List<String> libraries = new ArrayList<>();
    private String jar = "";

    private JarPackage() {}

    /**
     * Collects what belongs to a jar.
     *
     * @param file a jar
     * @param libraries jars, or folders of them
     */
    public static JarPackage of(Path file, List<Path> libraries) throws IOException {
        JarPackage collected = new JarPackage();
        Set<Path> named = new LinkedHashSet<>();
        Path application = file.toAbsolutePath().normalize();
        follow(application, named);
        Path common = application.resolveSibling(".").normalize();
        for (Path each : named) {
            while (!each.startsWith(common)) {
                common = common.resolve("..").normalize();
            }
        }
        for (Path each : named) {
            collected.files.put(common.relativize(each).toString(), each);
        }
        collected.jar = common.relativize(application).toString();
        for (Path library : jars(libraries)) {
            String name = "given-" + collected.libraries.size() + "/" + library.getFileName();
            collected.files.put(name, library);
            collected.libraries.add(name);
        }
        return collected;
    }

    /** The jar's name in the package. */
    public String jar() {
        return jar;
    }

    /** The names in the package of the libraries that were given. */
    public List<String> libraries() {
        return List.copyOf(libraries);
    }

    /** Writes the package as a tar; the stream is not closed. */
    public void writeTo(OutputStream out) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
        for (Map.Entry<String, Path> file : files.entrySet()) {
            TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
            entry.setSize(Files.size(file.getValue()));
            entry.setModTime(0);
            tar.putArchiveEntry(entry);
            Files.copy(file.getValue(), tar);
            tar.closeArchiveEntry();
        }
        tar.finish();
    }

    private static List<Path> jars(List<Path> given) throws IOException {
        List<Path> jars = new ArrayList<>();
        for (Path each : given) {
            if (Files.isDirectory(each)) {
                List<Path> inside = new ArrayList<>();
                try (DirectoryStream<Path> all = Files.newDirectoryStream(each, "*.jar")) {
                    all.forEach(inside::add);
                }
                inside.sort(null);
                jars.addAll(inside);
            } else if (Files.isRegularFile(each)) {
                jars.add(each);
            } else {
                throw new CliException("--lib " + each + ": no such file or directory");
            }
        }
        return jars;
    }

    private static void follow(Path jar, Set<Path> found) throws IOException {
        if (!found.add(jar)) {
            return;
        }
        for (String word : classPath(jar).split("\\s+")) {
            Path library = word.isEmpty() ? jar : resolve(jar, word);
            if (Files.isRegularFile(library)) {
                follow(library, found);
            }
        }
    }

    /** A name that leads nowhere leads to the jar itself: who makes the image says what is wrong with it. */
    private static Path resolve(Path jar, String word) {
        try {
            URI uri = URI.create(word);
            return uri.isAbsolute() ? jar : Path.of(jar.toUri().resolve(uri)).normalize();
        } catch (IllegalArgumentException e) {
            return jar;
        }
    }

    private static String classPath(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile(), false)) {
            Manifest manifest = file.getManifest();
            String value =
                    manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
            return value == null ? "" : value.strip();
        } catch (ZipException e) {
            return ""; // no jar, which who makes the image says
        }
    }
}
