package dev.berth.image.content;

import dev.berth.image.check.Inspection;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads every blob and holds it against its name. */
public final class BlobCheck {
    private static final int BUFFER_BYTES = 1 << 20;

    private final ContentStore store;
    private final Inspection inspection;
    private final Function<Digest, String> advice;

    /** @param advice what to do for a blob that is lost, as the end of a sentence */
    public BlobCheck(ContentStore store, Inspection inspection, Function<Digest, String> advice) {
        this.store = store;
        this.inspection = inspection;
        this.advice = advice;
    }

    /** Gives the blobs that are not what their names say. */
    public Set<Digest> run() throws IOException {
        Set<Digest> damaged = new HashSet<>();
        for (Digest.Algorithm algorithm : Digest.Algorithm.values()) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(store.directory(algorithm))) {
                for (Path file : files) {
                    Optional<Digest> name = name(algorithm, file);
                    if (name.isEmpty()) {
                        inspection.foreign("file", file);
                    } else if (!check(name.get(), file)) {
                        damaged.add(name.get());
                    }
                }
            }
        }
        return damaged;
    }

    private static Optional<Digest> name(Digest.Algorithm algorithm, Path file) {
        try {
            Digest digest = new Digest(algorithm, String.valueOf(file.getFileName()));
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(digest) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean check(Digest name, Path file) {
        String problem;
        try {
            Digest actual = digest(name.algorithm(), file);
            if (actual.equals(name)) {
                return true;
            }
            problem = "its content has another digest, " + actual;
        } catch (NoSuchFileException e) {
            return true; // removed since it was listed
        } catch (IOException e) {
            problem = "it cannot be read: " + e.getMessage();
        }
        inspection.damaged("blob " + name, problem, "removed" + advice.apply(name), () -> store.deleteDamaged(name));
        return false;
    }

    private static Digest digest(Digest.Algorithm algorithm, Path file) throws IOException {
        MessageDigest hasher = algorithm.hasher();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hasher.update(buffer, 0, n);
            }
        }
        return Digest.finish(algorithm, hasher);
    }
}
