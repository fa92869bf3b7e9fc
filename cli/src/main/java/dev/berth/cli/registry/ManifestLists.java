package dev.berth.cli.registry;

import dev.berth.cli.CliException;
import dev.berth.cli.json.Json;
import dev.berth.cli.json.Tree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lists of manifests that the user is putting together, as docker keeps them: {@code ~/.docker/manifests/<list>/<manifest>},
 * one JSON file a manifest.
 */
public final class ManifestLists {
    private final Path folder;

    /** @param configFolder Docker's */
    public ManifestLists(Path configFolder) {
        this.folder = configFolder.resolve("manifests");
    }

    /**
     * A manifest of a list.
     *
     * @param descriptor how the list is to tell of it: media type, digest, size, platform
     * @param raw the document
     */
    public record Entry(ImageName name, Map<String, @Nullable Object> descriptor, byte[] raw) {
        String digest() {
            return String.valueOf(descriptor.get("digest"));
        }

        /** The blobs it needs, its configuration first. */
        public List<String> blobs() {
            Tree manifest = RegistryClient.parse(raw, "manifest " + name);
            List<String> blobs = new ArrayList<>(List.of(manifest.text("config", "digest")));
            manifest.list("layers").forEach(layer -> blobs.add(layer.text("digest")));
            return blobs;
        }

        /** Whether it is one of OCI's, and not Docker's. */
        public boolean isOci() {
            return String.valueOf(descriptor.get("mediaType")).contains(".oci.");
        }

        /** As docker keeps it, and shows all of it. */
        public Map<String, @Nullable Object> tree() {
            return Json.of(
                    "Ref",
                    name.toString(),
                    "Descriptor",
                    descriptor,
                    "Raw",
                    Base64.getEncoder().encodeToString(raw),
                    isOci() ? "OCIManifest" : "SchemaV2Manifest",
                    Json.parse(raw).value());
        }
    }

    public boolean has(ImageName list) {
        return Files.isDirectory(directory(list));
    }

    /** What is in a list, in the order of the names; empty where there is no such list. */
    public List<Entry> entries(ImageName list) {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(list))) {
            for (Path file : files) {
                entries.add(read(file));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new CliException("cannot read manifest list " + list + ": " + e.getMessage());
        }
        entries.sort(Comparator.comparing(entry -> entry.name().toString()));
        return entries;
    }

    public Optional<Entry> entry(ImageName list, ImageName manifest) {
        Path file = directory(list).resolve(fileName(manifest));
        try {
            return Files.exists(file) ? Optional.of(read(file)) : Optional.empty();
        } catch (IOException e) {
            throw new CliException("cannot read " + file + ": " + e.getMessage());
        }
    }

    private static Entry read(Path file) throws IOException {
        try {
            Tree tree = Json.parse(Files.readAllBytes(file));
            return new Entry(
                    ImageName.parse(tree.text("Ref")),
                    tree.members("Descriptor"),
                    Base64.getDecoder().decode(tree.text("Raw")));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    public void put(ImageName list, Entry entry) {
        Map<String, @Nullable Object> tree = entry.tree();
        Path directory = directory(list);
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(fileName(entry.name())), Json.text(tree));
        } catch (IOException e) {
            throw new CliException("cannot write manifest list " + list + ": " + e.getMessage());
        }
    }

    /** @throws CliException where there is no such list */
    public void remove(ImageName list) {
        if (!has(list)) {
            throw new CliException("No such manifest: " + list);
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory(list))) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory(list));
        } catch (IOException e) {
            throw new CliException("cannot remove manifest list " + list + ": " + e.getMessage());
        }
    }

    private Path directory(ImageName list) {
        return folder.resolve(fileName(list));
    }

    /** As docker makes a name into a file's. */
    private static String fileName(ImageName name) {
        return name.toString().replace(':', '-').replace('/', '_');
    }
}
