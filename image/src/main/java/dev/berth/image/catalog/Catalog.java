package dev.berth.image.catalog;

import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The images and names of one data root: {@code images/<id>.json} and {@code names/<hash of the name>.json}. Each
 * change is on the disk when its method returns. Every method is atomic; one that reads and changes is to be run under
 * this object's monitor by callers who need more than one.
 */
public final class Catalog {
    private final Path images;
    private final Path names;
    private final Map<Digest, ImageRecord> records = new LinkedHashMap<>();
    private final Map<String, Digest> idsByName = new TreeMap<>();
    private boolean loaded;

    private Catalog(Path images, Path names) {
        this.images = images;
        this.names = names;
    }

    /** The catalog below the data root; reads nothing yet. */
    public static Catalog open(Path dataRoot) throws IOException {
        Catalog catalog = new Catalog(dataRoot.resolve("images"), dataRoot.resolve("names"));
        Files.createDirectories(catalog.images);
        Files.createDirectories(catalog.names);
        return catalog;
    }

    /** All images, in no order. */
    public synchronized Collection<ImageRecord> images() throws IOException {
        load();
        return List.copyOf(records.values());
    }

    public synchronized Optional<ImageRecord> image(Digest id) throws IOException {
        load();
        return Optional.ofNullable(records.get(id));
    }

    /** The image that has the full name. */
    public synchronized Optional<Digest> named(String name) throws IOException {
        load();
        return Optional.ofNullable(idsByName.get(name));
    }

    /** The full names of an image, sorted. */
    public synchronized List<String> names(Digest id) throws IOException {
        load();
        return idsByName.entrySet().stream()
                .filter(entry -> entry.getValue().equals(id))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Adds an image; one that is here already stays as it is. */
    public synchronized void add(ImageRecord record) throws IOException {
        load();
        if (!records.containsKey(record.id())) {
            RecordFile.write(imageFile(record.id()), record.write());
            records.put(record.id(), record);
        }
    }

    /** Gives an image that is here a full name, which another loses if it had it; gives that one. */
    public synchronized Optional<Digest> name(String name, Digest id) throws IOException {
        load();
        ImageRecord record = records.get(id);
        if (record == null) {
            throw new IllegalArgumentException("no image " + id + " to be named " + name);
        }
        Digest former = idsByName.get(name);
        if (id.equals(former)) {
            return Optional.empty();
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("name", name);
        tree.put("image", id.toString());
        RecordFile.write(nameFile(name), JsonObject.write(tree));
        idsByName.put(name, id);
        ImageRecord tagged = record.taggedAt(Instant.now());
        RecordFile.write(imageFile(id), tagged.write());
        records.put(id, tagged);
        return Optional.ofNullable(former);
    }

    /** Takes a full name away. */
    public synchronized void removeName(String name) throws IOException {
        load();
        RecordFile.delete(nameFile(name));
        idsByName.remove(name);
    }

    /** Removes an image that has no names. */
    public synchronized void remove(Digest id) throws IOException {
        load();
        if (idsByName.containsValue(id)) {
            throw new IllegalArgumentException("image " + id + " has names");
        }
        RecordFile.delete(imageFile(id));
        records.remove(id);
    }

    private void load() throws IOException {
        if (loaded) {
            return;
        }
        for (byte[] json : files(images)) {
            ImageRecord record = ImageRecord.read(json);
            records.put(record.id(), record);
        }
        for (byte[] json : files(names)) {
            JsonObject object = JsonObject.parse(json, "image name record");
            Digest id = object.digest("image");
            if (records.containsKey(id)) { // a crash between the removal of names and of their image leaves such
                idsByName.put(object.requiredString("name"), id);
            }
        }
        loaded = true;
    }

    private static List<byte[]> files(Path directory) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (RecordFile.isUnfinished(file)) {
                    Files.deleteIfExists(file);
                } else {
                    contents.add(readRecord(file));
                }
            }
        }
        return contents;
    }

    private static byte[] readRecord(Path file) throws IOException {
        byte[] json = Files.readAllBytes(file);
        if (json.length == 0) {
            throw new ImageException(
                    ImageException.Kind.INVALID,
                    "record " + file + " is damaged: it is empty. Remove it to go on without");
        }
        return json;
    }

    private Path imageFile(Digest id) {
        return images.resolve(id.algorithm().prefix() + "-" + id.hex() + ".json");
    }

    /** Names may be longer than a file's name, and have slashes. */
    private Path nameFile(String name) {
        return names.resolve(
                Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex() + ".json");
    }
}
