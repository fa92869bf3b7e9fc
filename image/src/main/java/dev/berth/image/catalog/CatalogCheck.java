package dev.berth.image.catalog;

import dev.berth.image.check.Inspection;
import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.ImageManifest;
import dev.berth.image.oci.Limits;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the files of the catalog one by one: one that is damaged, which keeps the catalog from being read at all, is
 * no hindrance here. For use while nobody changes the catalog.
 */
final class CatalogCheck {
    private static final Pattern IMAGE = Pattern.compile("(sha256|sha512)-([0-9a-f]+)\\.json");
    private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}\\.json");

    private final ImageStore store;
    private final Catalog catalog;
    private final Inspection inspection;
    private final Map<Digest, ImageRecord> images = new LinkedHashMap<>();
    private final Map<String, NameRecord> names = new TreeMap<>();

    CatalogCheck(ImageStore store, Inspection inspection) {
        this.store = store;
        this.catalog = store.catalog();
        this.inspection = inspection;
    }

    /** What is there and can be read, or could be made again. */
    record Contents(Map<Digest, ImageRecord> images, Map<String, NameRecord> names) {
        /** What people call the image. */
        String label(Digest id) {
            return names.entrySet().stream()
                    .filter(name -> name.getValue().images().contains(id))
                    .map(Map.Entry::getKey)
                    .filter(name -> name.indexOf('@') < 0)
                    .findFirst()
                    .orElse(id.shortHex());
        }
    }

    Contents run() throws IOException {
        synchronized (catalog) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(catalog.imagesDirectory())) {
                for (Path file : files) {
                    if (!isUnfinished(file)) {
                        image(file);
                    }
                }
            }
            try (DirectoryStream<Path> files = Files.newDirectoryStream(catalog.namesDirectory())) {
                for (Path file : files) {
                    if (!isUnfinished(file)) {
                        name(file);
                    }
                }
            }
            passing();
            if (inspection.isRepairing()) {
                catalog.reload();
            }
        }
        return new Contents(images, names);
    }

    /** Images that a crash kept from getting their first name, or from going. */
    private void passing() {
        Set<Digest> named = new HashSet<>();
        names.values().forEach(name -> named.addAll(name.images()));
        for (ImageRecord record : List.copyOf(images.values())) {
            if (!record.counts(named.contains(record.id())) && !catalog.isUnderWay(record.id())) {
                images.remove(record.id());
                List<NameRecord> own = names.values().stream()
                        .filter(name -> name.image().equals(record.id()))
                        .toList();
                names.values().removeAll(own);
                inspection.unfinished(
                        "image " + record.id().shortHex(),
                        "its making or its removal was not finished",
                        "removed",
                        () -> {
                            RecordFile.delete(catalog.imageFile(record.id()));
                            for (NameRecord name : own) {
                                RecordFile.delete(catalog.nameFile(name.name()));
                            }
                        });
            }
        }
    }

    private boolean isUnfinished(Path file) {
        boolean unfinished = RecordFile.isUnfinished(file);
        if (unfinished) {
            inspection.unfinished("file " + file, "it was not finished", "removed", () -> RecordFile.delete(file));
        }
        return unfinished;
    }

    private void image(Path file) throws IOException {
        Matcher name = IMAGE.matcher(String.valueOf(file.getFileName()));
        Optional<Digest> id = name.matches() ? digest(name.group(1) + ":" + name.group(2)) : Optional.empty();
        if (id.isEmpty()) {
            inspection.foreign("file", file);
            return;
        }
        try {
            ImageRecord record = ImageRecord.read(Files.readAllBytes(file));
            if (record.id().equals(id.get())) {
                images.put(record.id(), record);
                return;
            }
        } catch (ImageException e) {
            // told below, with what becomes of it
        }
        String subject = "record " + file;
        Optional<ImageRecord> again = fromManifest(id.get());
        if (again.isPresent()) {
            images.put(id.get(), again.get());
            inspection.damaged(
                    subject,
                    "it cannot be understood",
                    "written again from the image's manifest",
                    () -> RecordFile.write(file, again.get().write()));
        } else {
            inspection.damaged(
                    subject,
                    "it cannot be understood",
                    "removed, and image " + id.get().shortHex() + " with it: pull or load it again",
                    () -> RecordFile.delete(file));
        }
    }

    private static Optional<Digest> digest(String text) {
        try {
            return Optional.of(Digest.parse(text));
        } catch (ImageException e) {
            return Optional.empty();
        }
    }

    /** The record of an image whose manifest is still among the blobs. */
    private Optional<ImageRecord> fromManifest(Digest id) throws IOException {
        for (Digest blob : store.content().list()) {
            if (store.content().size(blob).orElse(Long.MAX_VALUE) <= Limits.DEFAULT.manifestBytes()) {
                try {
                    ImageManifest manifest =
                            ImageManifest.parse(store.content().read(blob, Limits.DEFAULT.manifestBytes()), "");
                    if (manifest.config().digest().equals(id)
                            && manifest.raw().digest().equals(blob)) {
                        StoredImage image = new StoredImage(manifest, store.readConfig(manifest));
                        long bytes = image.chain().stream()
                                .mapToLong(store.snapshots()::bytes)
                                .sum();
                        return Optional.of(new ImageRecord(
                                id, manifest.descriptor(), bytes, Optional.empty(), ImageRecord.Passage.STAYS, false));
                    }
                } catch (ImageException e) {
                    // some other document
                }
            }
        }
        return Optional.empty();
    }

    private void name(Path file) throws IOException {
        if (!NAME.matcher(String.valueOf(file.getFileName())).matches()) {
            inspection.foreign("file", file);
            return;
        }
        NameRecord record;
        try {
            record = NameRecord.read(Files.readAllBytes(file));
        } catch (ImageException e) {
            damagedName(file);
            return;
        }
        Digest id = record.image();
        if (!catalog.nameFile(record.name()).equals(file)) {
            damagedName(file);
        } else if (!images.containsKey(id)) {
            inspection.unfinished(
                    "name " + record.name(),
                    "image " + id.shortHex() + ", which it names, is not there",
                    "removed",
                    () -> RecordFile.delete(file));
        } else {
            names.put(record.name(), record);
        }
    }

    private void damagedName(Path file) {
        inspection.damaged(
                "record " + file,
                "it cannot be understood",
                "removed, and the image's name with it: give it again with tag",
                () -> RecordFile.delete(file));
    }
}
