package dev.berth.build.java;

import dev.berth.engine.state.Trees;
import dev.berth.image.layer.Compression;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.tar.ByteSource;
import dev.berth.image.tar.RawName;
import dev.berth.image.tar.TarEntry;
import dev.berth.image.tar.TarReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A tar with a jar and its libraries, unpacked into a folder of its own, which closing removes. */
public final class JarUpload implements AutoCloseable {
    private static final JavaLimits LIMITS = JavaLimits.DEFAULT;
    /** Tars are filled up with zeros; whoever sends more has something else in mind. */
    private static final int LONGEST_PADDING_BYTES = 1 << 20;

    private final Path folder;

    private JarUpload(Path folder) {
        this.folder = folder;
    }

    /**
     * Unpacks a tar, plain or compressed, of files and folders; the stream is read to its end, and not closed.
     *
     * @param scratch where the folder is made
     * @throws ImageException INVALID for anything else, or names that lead out; TOO_LARGE
     */
    public static JarUpload unpack(InputStream tar, Path scratch) throws IOException {
        JarUpload upload = new JarUpload(Files.createTempDirectory(scratch, "jar-upload-"));
        try {
            TarReader reader = new TarReader(ByteSource.of(Compression.decompressed(tar)), Limits.DEFAULT);
            long bytes = 0;
            int files = 0;
            for (Optional<TarEntry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
                bytes += entry.get().size();
                files++;
                if (bytes > LIMITS.bytes() || files > LIMITS.libraries()) {
                    throw ImageException.tooLarge("what was sent has more than " + LIMITS.bytes() + " bytes or "
                            + LIMITS.libraries() + " files");
                }
                upload.take(reader, entry.get());
            }
            if (tar.readNBytes(LONGEST_PADDING_BYTES).length == LONGEST_PADDING_BYTES) {
                throw ImageException.invalid("what was sent goes on after the end of the tar");
            }
            return upload;
        } catch (IOException | RuntimeException e) {
            upload.close();
            throw e;
        }
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    private void take(TarReader reader, TarEntry entry) throws IOException {
        String name = RawName.decode(entry.path()).replaceFirst("^(\\./)+", "").replaceFirst("/+$", "");
        if (name.isEmpty() || name.equals(".")) {
            return;
        }
        EntryNames.check(name, "what was sent");
        try {
            Path file = folder.resolve(name);
            switch (entry.type()) {
                case DIRECTORY -> Files.createDirectories(file);
                case FILE -> {
                    Files.createDirectories(file.resolveSibling("."));
                    write(reader, file);
                }
                default ->
                    throw ImageException.invalid(
                            "what was sent has " + name + ", which is neither a file nor a folder");
            }
        } catch (InvalidPathException e) {
            throw new ImageException(
                    ImageException.Kind.INVALID, "what was sent has a file whose name this host cannot have", e);
        } catch (FileAlreadyExistsException e) {
            throw new ImageException(ImageException.Kind.INVALID, "what was sent has " + name + " twice", e);
        }
    }

    private static void write(TarReader reader, Path file) throws IOException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            reader.readData((offset, part) -> {
                long at = offset;
                while (part.hasRemaining()) {
                    at += out.write(part, at);
                }
            });
        }
    }

    @Override
    public void close() throws IOException {
        Trees.delete(folder);
    }
}
