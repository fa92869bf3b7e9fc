package dev.berth.cli.jar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A folder of classes as a jar, which closing removes: names in a zip are the same whatever the host's languages are. */
public final class FolderJar implements AutoCloseable {
    private final Path file;

    private FolderJar(Path file) {
        this.file = file;
    }

    /** Packs all files below the folder; links are followed, as the JVM does. */
    public static FolderJar of(Path folder) throws IOException {
        FolderJar jar = new FolderJar(Files.createTempFile("berth-", ".jar"));
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar.file));
                Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            zip.setLevel(Deflater.BEST_SPEED);
            for (Path each : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
                zip.putNextEntry(new ZipEntry(folder.relativize(each).toString()));
                Files.copy(each, zip);
                zip.closeEntry();
            }
            return jar;
        } catch (UncheckedIOException e) {
            jar.close();
            throw e.getCause();
        } catch (IOException | RuntimeException e) {
            jar.close();
            throw e;
        }
    }

    public Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
