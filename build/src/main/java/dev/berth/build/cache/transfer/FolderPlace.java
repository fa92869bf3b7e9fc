package dev.berth.build.cache.transfer;

import dev.berth.image.content.ContentStore;
import dev.berth.image.content.Ingest;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageIndex;
import dev.berth.image.oci.Limits;
import dev.berth.image.oci.MediaTypes;
import dev.berth.image.oci.RawJson;
import dev.berth.image.registry.RemoteArtifact;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A folder in the form of OCI's image layout (image-layout.md). Files are written beside their place and renamed. Several
 * caches lie in one folder under tags; one that is replaced leaves its layers.
 */
final class FolderPlace implements CachePlace {
    static final String INDEX = "index.json";

    private static final String TAG = "org.opencontainers.image.ref.name";
    private static final int BUFFER_BYTES = 128 << 10;

    private final Path directory;
    private final String tag;
    private final Optional<Digest> digest;
    private final ContentStore content;

    /** @param digest of the manifest that is meant, in place of the tag */
    FolderPlace(Path directory, String tag, Optional<Digest> digest, ContentStore content) {
        this.directory = directory;
        this.tag = tag;
        this.digest = digest;
        this.content = content;
    }

    @Override
    public String name() {
        return "folder " + directory;
    }

    @Override
    public RemoteArtifact.Document document() throws IOException {
        if (digest.isPresent()) {
            return document(new Descriptor("", digest.get(), Files.size(file(digest.get()))));
        }
        List<Descriptor> all = index();
        for (Descriptor each : all) {
            if (tag.equals(each.annotations().get(TAG)) || all.size() == 1) {
                return document(each);
            }
        }
        throw new ImageException(ImageException.Kind.NOT_FOUND, "there is no cache with the tag " + tag);
    }

    @Override
    public RemoteArtifact.Document document(Descriptor manifest) throws IOException {
        return new RemoteArtifact.Document(manifest.mediaType(), read(manifest, Limits.DEFAULT.manifestBytes()));
    }

    private List<Descriptor> index() throws IOException {
        try (InputStream in = Files.newInputStream(directory.resolve(INDEX))) {
            byte[] json = in.readNBytes(Limits.DEFAULT.manifestBytes() + 1); // one more is refused by who parses it
            return ImageIndex.parse(json, "").manifests();
        } catch (NoSuchFileException e) {
            throw new ImageException(ImageException.Kind.NOT_FOUND, "it has no index.json", e);
        }
    }

    @Override
    public byte[] read(Descriptor blob, int limitBytes) throws IOException {
        try (InputStream in = Files.newInputStream(file(blob.digest()))) {
            byte[] bytes = in.readNBytes(limitBytes + 1);
            if (bytes.length > limitBytes) {
                throw ImageException.tooLarge("blob " + blob.digest() + " is longer than " + limitBytes + " bytes");
            }
            var hasher = blob.digest().algorithm().hasher();
            hasher.update(bytes);
            if (!Digest.finish(blob.digest().algorithm(), hasher).equals(blob.digest())) {
                throw ImageException.invalid("blob " + blob.digest() + " has another content");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw missing(blob, e);
        }
    }

    @Override
    public void fetch(Descriptor blob) throws IOException {
        if (content.has(blob.digest())) {
            return; // whoever has sent the folder was told so
        }
        try (InputStream in = Files.newInputStream(file(blob.digest()));
                Ingest ingest = content.ingest(blob.digest(), blob.size())) {
            if (!ingest.isWhole()) {
                ingest.restart();
                byte[] buffer = new byte[BUFFER_BYTES];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    ingest.write(buffer, 0, n);
                }
                ingest.commit();
            }
        } catch (NoSuchFileException e) {
            throw missing(blob, e);
        }
    }

    private static ImageException missing(Descriptor blob, IOException e) {
        return new ImageException(ImageException.Kind.NOT_FOUND, "blob " + blob.digest() + " is missing", e);
    }

    @Override
    public boolean has(Digest blob) {
        return Files.isRegularFile(file(blob));
    }

    @Override
    public void upload(Descriptor blob) throws IOException {
        replace(
                file(blob.digest()),
                beside -> Files.copy(content.path(blob.digest()), beside, StandardCopyOption.REPLACE_EXISTING));
    }

    @Override
    public void put(RawJson manifest) throws IOException {
        write(file(manifest.digest()), manifest.bytes());
        List<Descriptor> all = new ArrayList<>();
        if (Files.exists(directory.resolve(INDEX))) {
            index().stream()
                    .filter(each -> !tag.equals(each.annotations().get(TAG)))
                    .forEach(all::add);
        }
        all.add(new Descriptor(MediaTypes.OCI_MANIFEST, manifest.digest(), manifest.size())
                .withAnnotations(Map.of(TAG, tag)));
        write(directory.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        write(
                directory.resolve(INDEX),
                ImageIndex.of(MediaTypes.OCI_INDEX, all).raw().bytes());
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        replace(file, beside -> Files.write(beside, bytes));
    }

    interface Content {
        void writeTo(Path file) throws IOException;
    }

    /** Writes a file beside its place, and renames it. */
    static void replace(Path file, Content content) throws IOException {
        Path folder = Files.createDirectories(file.resolveSibling(".").normalize());
        Path beside = Files.createTempFile(
                folder,
                ".new-",
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        try {
            content.writeTo(beside);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    private Path file(Digest blob) {
        return file(directory, blob);
    }

    /** Where a folder has a blob. */
    static Path file(Path directory, Digest blob) {
        return directory.resolve("blobs").resolve(blob.algorithm().prefix()).resolve(blob.hex());
    }

    @Override
    public void close() {}
}
