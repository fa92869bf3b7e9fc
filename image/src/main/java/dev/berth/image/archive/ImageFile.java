package dev.berth.image.archive;

import dev.berth.image.Image;
import dev.berth.image.content.ContentStore;
import dev.berth.image.content.DiskFull;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import dev.berth.image.registry.Reference;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image that is made into a file, without a store and without any right but that to write there. The same recipe gives
 * the same file, byte for byte.
 */
public final class ImageFile {
    private static final int BUFFER_BYTES = 128 << 10;

    /** What is written. Both are OCI image layouts; archives have Docker's {@code manifest.json} as well. */
    public enum Form {
        /** One tar. */
        ARCHIVE,
        /** A directory. */
        DIRECTORY,
    }

    private ImageFile() {}

    /**
     * Makes an image. A file that is there is replaced in one step when all is done; a directory must be new or empty.
     *
     * @param destination whose parent exists
     * @param references the names that the image has in it
     * @throws ImageException BAD_REQUEST for a name, CONFLICT where something else is at the destination, NO_SPACE, and
     *     what the recipe throws; nothing is left then
     */
    public static Image write(Path destination, Form form, List<String> references, Assembly.Recipe recipe)
            throws IOException {
        List<Reference> names = new ArrayList<>();
        for (String reference : references) {
            names.add(Reference.parse(reference).withDefaultTag());
        }
        Path target = destination.toAbsolutePath().normalize();
        Path parent = Optional.ofNullable(target.getParent())
                .filter(Files::isDirectory)
                .orElseThrow(() -> new ImageException(
                        ImageException.Kind.NOT_FOUND, "write " + destination + ": there is no such folder"));
        checkFree(target, form);
        Path work = Files.createTempDirectory(parent, "." + target.getFileName() + ".");
        try {
            ContentStore content = ContentStore.open(work.resolve("store"), Limits.DEFAULT);
            Assembly.Result made = recipe.make(new Assembly(content, digest -> {}));
            Image image = new Image(
                    made.config(),
                    made.manifest(),
                    names.stream().map(Reference::familiar).toList(),
                    List.of(),
                    0,
                    Optional.empty());
            ArchiveWriter.Named named = new ArchiveWriter.Named(image, names, Optional.empty(), List.of());
            write(List.of(named), content, form, work.resolve("result"));
            Files.move(
                    work.resolve("result"),
                    target,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return image;
        } catch (IOException e) {
            throw DiskFull.explain(e, "write " + destination);
        } finally {
            delete(work);
        }
    }

    private static void checkFree(Path target, Form form) throws IOException {
        boolean free = switch (form) {
            case ARCHIVE -> !Files.isDirectory(target);
            case DIRECTORY -> !Files.exists(target) || (Files.isDirectory(target) && isEmpty(target));
        };
        if (!free) {
            throw new ImageException(
                    ImageException.Kind.CONFLICT,
                    form == Form.ARCHIVE
                            ? target + " is a folder: name a file"
                            : target + " is there, and is not empty");
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (var entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        }
    }

    private static void write(List<ArchiveWriter.Named> images, ContentStore content, Form form, Path file)
            throws IOException {
        switch (form) {
            case ARCHIVE -> {
                try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER_BYTES)) {
                    ArchiveWriter.write(images, content, out);
                }
            }
            case DIRECTORY -> {
                Files.createDirectory(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
                ArchiveWriter.write(images, content, file);
            }
        }
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                Files.delete(each);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
