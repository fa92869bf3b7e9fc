package dev.berth.build.java;

import dev.berth.image.oci.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A jar's files by their names, checked, and what its manifest says. The files can be read until it is closed. */
final class JarContents implements AutoCloseable {
    /** The end of a zip: at least so long, and at most that and a comment. */
    private static final int END_BYTES = 22;

    private static final int LONGEST_END_BYTES = END_BYTES + 0xffff;
    private static final int END_MAGIC = 0x0605_4b50;

    private final ZipFile zip;
    private final SortedMap<String, Content> files;
    private final Attributes manifest;

    private JarContents(ZipFile zip, SortedMap<String, Content> files, Attributes manifest) {
        this.zip = zip;
        this.files = files;
        this.manifest = manifest;
    }

    /**
     * Opens a jar that is going to be taken apart.
     *
     * @param name what it is called in errors
     * @throws ImageException INVALID if it is none, or has names that are refused; TOO_LARGE
     */
    static JarContents open(Path file, String name, JavaLimits limits) throws IOException {
        JarContents jar = openLibrary(file, name, limits);
        try {
            for (String entry : jar.files.keySet()) {
                EntryNames.check(entry, name);
            }
            EntryNames.checkTree(jar.files.keySet(), name);
            return jar;
        } catch (IOException | RuntimeException e) {
            jar.close();
            throw e;
        }
    }

    /** Opens a jar that stays one, so that its names are nobody's business. */
    static JarContents openLibrary(Path file, String name, JavaLimits limits) throws IOException {
        checkDirectory(file, name, limits);
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (IOException e) {
            throw noJar(name, e);
        }
        try {
            SortedMap<String, Content> files = files(zip, name, limits);
            return new JarContents(zip, files, manifest(files, name, limits));
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    /** All files, in the order of their names. */
    SortedMap<String, Content> files() {
        return files;
    }

    /** What the manifest says of the whole jar; nothing where there is no manifest. */
    Attributes manifest() {
        return manifest;
    }

    /** One of the manifest's values. */
    Optional<String> value(String name) {
        return Optional.ofNullable(manifest.getValue(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    /** The manifest among the files, of a jar or a folder. */
    static Attributes manifest(SortedMap<String, Content> files, String name, JavaLimits limits) throws IOException {
        Content content = files.get(JarFile.MANIFEST_NAME);
        if (content == null) {
            return new Attributes();
        }
        if (content.size() > limits.manifestBytes()) {
            throw ImageException.tooLarge("the manifest of " + name + " has " + content.size() + " bytes; at most "
                    + limits.manifestBytes() + " are read");
        }
        try (InputStream in = content.open()) {
            return new Manifest(in).getMainAttributes();
        } catch (IOException | IllegalArgumentException e) {
            throw new ImageException(
                    ImageException.Kind.INVALID, "the manifest of " + name + " is damaged: " + e.getMessage(), e);
        }
    }

    private static SortedMap<String, Content> files(ZipFile zip, String name, JavaLimits limits) throws IOException {
        SortedMap<String, Content> files = new TreeMap<>();
        long bytes = 0;
        if (zip.size() > limits.entries()) {
            throw ImageException.tooLarge(
                    name + " has " + zip.size() + " files; at most " + limits.entries() + " are taken");
        }
        for (ZipEntry listed : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
            if (listed.isDirectory()) {
                continue;
            }
            ZipEntry entry = zip.getEntry(listed.getName()); // of two of a name the one that Java would load
            if (files.put(listed.getName(), Content.of(zip, entry == null ? listed : entry)) == null) {
                bytes += listed.getSize();
            }
            if (bytes > limits.bytes()) {
                throw ImageException.tooLarge(
                        name + " unpacks to more than the " + limits.bytes() + " bytes that are taken");
            }
        }
        return files;
    }

    /** The JDK reads a zip's directory into memory whatever its size. */
    private static void checkDirectory(Path file, String name, JavaLimits limits) throws IOException {
        try (RandomAccessFile zip = new RandomAccessFile(file.toFile(), "r")) {
            byte[] end = new byte[(int) Math.min(zip.length(), LONGEST_END_BYTES)];
            zip.seek(zip.length() - end.length);
            zip.readFully(end);
            ByteBuffer bytes = ByteBuffer.wrap(end).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = end.length - END_BYTES; at >= 0; at--) {
                if (bytes.getInt(at) == END_MAGIC) {
                    long size = bytes.getInt(at + 12) & 0xffff_ffffL;
                    if (size > limits.directoryBytes()) {
                        throw ImageException.tooLarge("the list of files of " + name + " has " + size
                                + " bytes; at most " + limits.directoryBytes() + " are read");
                    }
                    return;
                }
            }
        }
        throw noJar(name, new IOException("it does not end as a zip does"));
    }

    static ImageException noJar(String name, IOException cause) {
        return new ImageException(ImageException.Kind.INVALID, name + " is not a jar: " + cause.getMessage(), cause);
    }
}
