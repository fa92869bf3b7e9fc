package dev.berth.build.cache.transfer;

import dev.berth.build.BuildException;
import dev.berth.engine.state.Trees;
import dev.berth.image.content.ContentStore;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Folders with caches that are a client's: it sends what a build is to read, and takes what one has written, file by file. One
 * that its client forgets goes after an hour. Safe for use by many threads.
 */
public final class CacheFolders {
    private static final int MOST = 64;
    private static final Duration KEPT = Duration.ofHours(1);
    private static final int BUFFER_BYTES = 128 << 10;

    private final Path directory;
    private final ContentStore content;
    private final Map<String, Instant> used = new ConcurrentHashMap<>();

    /** @param directory for the folders, which is cleared by its owner when nobody uses them */
    public CacheFolders(Path directory, ContentStore content) {
        this.directory = directory;
        this.content = content;
    }

    /** Makes one; gives the id by which it is called. */
    public synchronized String open() throws IOException {
        Instant oldest = Instant.now().minus(KEPT);
        for (Map.Entry<String, Instant> each : used.entrySet()) {
            if (each.getValue().isBefore(oldest)) {
                remove(each.getKey());
            }
        }
        if (used.size() >= MOST) {
            throw BuildException.failed("there are " + MOST + " folders with build caches under way: try again later");
        }
        String id = UUID.randomUUID().toString();
        Files.createDirectory(path(id));
        used.put(id, Instant.now());
        return id;
    }

    /**
     * Where a folder is.
     *
     * @throws BuildException INVALID where there is none
     */
    public Path folder(String id) {
        if (used.replace(id, Instant.now()) == null) {
            throw BuildException.invalid("there is no folder with a build cache of the id " + id);
        }
        return path(id);
    }

    /** Whether a blob need not be sent: it is in the folder, or among the engine's. */
    public boolean has(String id, Digest blob) {
        return content.has(blob) || Files.isRegularFile(FolderPlace.file(folder(id), blob));
    }

    /**
     * Takes a blob in.
     *
     * @throws BuildException INVALID where it is another one
     */
    public void take(String id, Digest blob, InputStream in) throws IOException {
        MessageDigest hasher = blob.algorithm().hasher();
        FolderPlace.replace(FolderPlace.file(folder(id), blob), beside -> {
            try (OutputStream out = Files.newOutputStream(beside)) {
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    hasher.update(buffer, 0, n);
                    out.write(buffer, 0, n);
                }
            }
            if (!Digest.finish(blob.algorithm(), hasher).equals(blob)) {
                throw ImageException.invalid("what was sent as blob " + blob + " has another content");
            }
        });
    }

    /** Takes the list of what is in the folder. */
    public void takeIndex(String id, InputStream in) throws IOException {
        byte[] index = in.readNBytes(Limits.DEFAULT.manifestBytes() + 1);
        if (index.length > Limits.DEFAULT.manifestBytes()) {
            throw ImageException.tooLarge("the folder's index.json is too long");
        }
        FolderPlace.replace(folder(id).resolve(FolderPlace.INDEX), beside -> Files.write(beside, index));
    }

    /** @throws ImageException NOT_FOUND */
    public InputStream index(String id) throws IOException {
        return open(folder(id).resolve(FolderPlace.INDEX), "index.json");
    }

    /** @throws ImageException NOT_FOUND */
    public InputStream blob(String id, Digest blob) throws IOException {
        return open(FolderPlace.file(folder(id), blob), "blob " + blob);
    }

    private static InputStream open(Path file, String what) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ImageException(ImageException.Kind.NOT_FOUND, "the folder has no " + what);
        }
        return Files.newInputStream(file);
    }

    /** Removes one; nothing happens where there is none. */
    public synchronized void remove(String id) throws IOException {
        if (used.remove(id) != null) {
            Trees.delete(path(id));
        }
    }

    private Path path(String id) {
        return directory.resolve("cache-" + id);
    }
}
