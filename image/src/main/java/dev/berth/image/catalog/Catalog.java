package dev.berth.image.catalog;

import dev.berth.image.catalog.ImageRecord.Passage;
import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.registry.Reference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final Map<String, NameRecord> byName = new TreeMap<>();
    /** Images that operations were bringing or taking away when the rest was forgotten: no leftovers of a crash. */
    private final Set<Digest> underWay = new HashSet<>();

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

    /** The catalog of another store, of which only single records are read, as they are on the disk. */
    static Catalog of(Path dataRoot) {
        return new Catalog(dataRoot.resolve("images"), dataRoot.resolve("names"));
    }

    /** A record as it is on the disk, if there is one that can be read. */
    Optional<ImageRecord> readImage(Digest id) {
        try {
            ImageRecord record = ImageRecord.read(Files.readAllBytes(imageFile(id)));
            return Optional.of(record).filter(read -> read.id().equals(id));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** What a full name stands for by its record on the disk, if there is one that can be read. */
    Optional<NameRecord> readName(String name) {
        return readName(nameFile(name)).filter(read -> read.name().equals(name));
    }

    private static Optional<NameRecord> readName(Path file) {
        try {
            return Optional.of(NameRecord.read(Files.readAllBytes(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Names with digests that by their records on the disk mean the same image in the same repository. */
    List<NameRecord> readDigestNames(NameRecord entry) throws IOException {
        String repository = Reference.parse(entry.name()).repository();
        List<NameRecord> others = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(names, "*.json")) {
            for (Path file : files) {
                Optional<NameRecord> other =
                        readName(file).filter(read -> read.image().equals(entry.image()));
                Optional<Reference> name = other.isPresent()
                        ? Optional.of(Reference.parse(other.get().name()))
                        : Optional.empty();
                if (name.isPresent()
                        && name.get().digest().isPresent()
                        && name.get().repository().equals(repository)) {
                    others.add(other.get());
                }
            }
        } catch (NoSuchFileException e) {
            return List.of(); // the store was taken away
        }
        return others;
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
        return Optional.ofNullable(byName.get(name)).map(NameRecord::image);
    }

    /** All that a full name stands for. */
    public synchronized Optional<NameRecord> entry(String name) throws IOException {
        load();
        return Optional.ofNullable(byName.get(name));
    }

    /** All names. */
    public synchronized List<NameRecord> entries() throws IOException {
        load();
        return List.copyOf(byName.values());
    }

    /** What the tags of a repository stand for. */
    public Map<Reference, NameRecord> tagged(Reference repository) throws IOException {
        Map<Reference, NameRecord> tagged = new LinkedHashMap<>();
        for (NameRecord entry : entries()) {
            Reference name = Reference.parse(entry.name());
            if (name.tag().isPresent() && name.repository().equals(repository.repository())) {
                tagged.put(name, entry);
            }
        }
        return tagged;
    }

    /** The full names that mean an image where no platform is asked for, sorted. */
    public synchronized List<String> names(Digest id) throws IOException {
        load();
        return byName.values().stream()
                .filter(entry -> entry.image().equals(id))
                .map(NameRecord::name)
                .toList();
    }

    /** The names that have the image as one of another platform. */
    public synchronized List<NameRecord> asVariant(Digest id) throws IOException {
        load();
        return byName.values().stream()
                .filter(entry -> entry.variants().contains(id))
                .toList();
    }

    /**
     * Adds an image, which is to be given a name or to be {@link #settle settled} without one: a crash before leaves
     * none. One that is here already stays as it is.
     */
    public synchronized void add(ImageRecord record) throws IOException {
        load();
        if (!records.containsKey(record.id())) {
            write(record.with(Passage.COMES));
        }
    }

    /** Has an image stay, with names or without. */
    public synchronized void settle(Digest id) throws IOException {
        pass(id, Passage.STAYS);
    }

    /** Has an image that was a build's in between be one of everybody's. */
    public synchronized void show(Digest id) throws IOException {
        load();
        ImageRecord record = records.get(id);
        if (record != null && record.step()) {
            write(record.shown());
        }
    }

    /** Has an image be removed, with all its names: from now on a crash does not bring it back. */
    synchronized void beginRemoval(Digest id) throws IOException {
        pass(id, Passage.GOES);
    }

    private void pass(Digest id, Passage passage) throws IOException {
        load();
        ImageRecord record = records.get(id);
        if (record != null && record.passage() != passage) {
            write(record.with(passage));
        }
    }

    private void write(ImageRecord record) throws IOException {
        RecordFile.write(imageFile(record.id()), record.write());
        records.put(record.id(), record);
    }

    /** Gives images that are here a name, which others lose if they had it; gives what it stood for. */
    synchronized Optional<NameRecord> name(NameRecord entry) throws IOException {
        load();
        for (Digest image : entry.images()) {
            if (!records.containsKey(image)) {
                throw new IllegalArgumentException("no image " + image + " to be named " + entry.name());
            }
        }
        NameRecord former = byName.get(entry.name());
        if (former != null && former.equals(entry)) {
            return Optional.of(former);
        }
        RecordFile.write(nameFile(entry.name()), entry.write());
        byName.put(entry.name(), entry);
        if (former == null || !former.image().equals(entry.image())) {
            write(image(entry.image()).orElseThrow().taggedAt(Instant.now()).with(Passage.STAYS));
        }
        for (Digest variant : entry.variants()) {
            pass(variant, Passage.STAYS);
        }
        return Optional.ofNullable(former);
    }

    /** Takes a full name away. */
    synchronized void removeName(String name) throws IOException {
        load();
        RecordFile.delete(nameFile(name));
        byName.remove(name);
    }

    /** Removes an image that has no names. */
    public synchronized void remove(Digest id) throws IOException {
        load();
        if (byName.values().stream().anyMatch(entry -> entry.images().contains(id))) {
            throw new IllegalArgumentException("image " + id + " has names");
        }
        RecordFile.delete(imageFile(id));
        records.remove(id);
    }

    /** Whether an operation of this engine is just now bringing the image or taking it away. */
    synchronized boolean isUnderWay(Digest id) {
        ImageRecord record = records.get(id);
        return record != null && record.passage() != Passage.STAYS;
    }

    /** Forgets what was read, so that it is read anew: the files were put right. */
    synchronized void reload() {
        underWay.clear();
        records.keySet().stream().filter(this::isUnderWay).forEach(underWay::add);
        records.clear();
        byName.clear();
        loaded = false;
    }

    Path imagesDirectory() {
        return images;
    }

    Path namesDirectory() {
        return names;
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
            NameRecord entry = NameRecord.read(json);
            if (records.containsKey(entry.image())) { // a crash between the removal of names and of images leaves such
                byName.put(
                        entry.name(),
                        new NameRecord(
                                entry.name(),
                                entry.image(),
                                entry.index(),
                                entry.variants().stream()
                                        .filter(records::containsKey)
                                        .toList()));
            }
        }
        Set<Digest> named = new HashSet<>();
        byName.values().forEach(entry -> named.addAll(entry.images()));
        records.values()
                .removeIf(record -> !record.counts(named.contains(record.id())) && !underWay.contains(record.id()));
        byName.values().removeIf(entry -> !records.containsKey(entry.image()));
        loaded = true;
    }

    private static List<byte[]> files(Path directory) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                if (file.toString().endsWith(".json")) { // else unfinished, or somebody else's: a check tells
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
                    "record " + file + " is damaged: it is empty. berth daemon --check --repair mends it");
        }
        return json;
    }

    Path imageFile(Digest id) {
        return images.resolve(id.algorithm().prefix() + "-" + id.hex() + ".json");
    }

    /** Names may be longer than a file's name, and have slashes. */
    Path nameFile(String name) {
        return names.resolve(
                Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).hex() + ".json");
    }
}
