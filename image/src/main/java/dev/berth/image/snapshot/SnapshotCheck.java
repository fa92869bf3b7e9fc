package dev.berth.image.snapshot;

import dev.berth.image.check.Inspection;
import dev.berth.image.content.RecordFile;
import dev.berth.image.files.TreeSize;
import dev.berth.image.layer.LayerUnpacker;
import dev.berth.image.layer.UnpackedLayer;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Descriptor;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Checks the unpacked layers. That every file of a layer is what it was is found out by unpacking its blob once more,
 * beside it: a digest of all files, kept from the first time, would cost every pull what only a check needs. One that is
 * damaged is replaced by what was unpacked. Takes the room of the largest layer for as long as it runs.
 */
public final class SnapshotCheck implements AutoCloseable {
    private final Snapshots snapshots;
    private final Inspection inspection;
    private final Set<Digest> verified = new HashSet<>();
    /** Those that are damaged, and were not repaired: what is above them cannot be held against them. */
    private final Set<Digest> unsound = new HashSet<>();

    private SnapshotCheck(Snapshots snapshots, Inspection inspection) {
        this.snapshots = snapshots;
        this.inspection = inspection;
    }

    /**
     * Begins a check; the caller closes it.
     *
     * @throws IOException if another one is under way
     */
    public static SnapshotCheck begin(Snapshots snapshots, Inspection inspection) throws IOException {
        if (!snapshots.trees().claim(Snapshots.SPARE)) {
            throw new IOException("another check of the store is under way");
        }
        return new SnapshotCheck(snapshots, inspection);
    }

    @Override
    public void close() throws IOException {
        try {
            snapshots.trees().discard(spare());
        } finally {
            snapshots.trees().end(spare());
        }
    }

    /**
     * Verifies an image's layers, from the bottom up to the first that is not there or not whole.
     *
     * @param layers their blobs, of which some may be missing
     * @param intact whether a blob is here and known to be whole
     * @param inUse layers of containers that run: those are not touched
     */
    public void verify(List<Digest> diffIds, List<Descriptor> layers, Predicate<Digest> intact, Set<Digest> inUse)
            throws IOException {
        List<Digest> chain = ChainId.of(diffIds);
        for (int i = 0; i < chain.size(); i++) {
            Digest chainId = chain.get(i);
            if (verified.add(chainId)) {
                verifyOne(chain.subList(0, i + 1), diffIds.get(i), layers.get(i), intact, inUse.contains(chainId));
            }
            if (unsound.contains(chainId) || !snapshots.has(chainId)) {
                return; // what is above refers to it
            }
        }
    }

    private void verifyOne(List<Digest> chain, Digest diffId, Descriptor blob, Predicate<Digest> intact, boolean used)
            throws IOException {
        Digest chainId = chain.getLast();
        snapshots.reserve(chainId);
        try {
            Optional<SnapshotRecord> record = snapshots.trusted(chainId);
            if (record.isEmpty()) {
                return;
            }
            Path tree = snapshots.trees().of(record.get());
            if (!Files.isDirectory(tree, LinkOption.NOFOLLOW_LINKS)) {
                damaged(chainId, "its files are gone", used, forget(chainId, record.get()));
            } else if (intact.test(blob.digest())) {
                compare(chain, diffId, blob, tree, record.get(), used);
            } else {
                long bytes = TreeSize.of(tree);
                if (bytes != record.get().bytes()) {
                    String problem = "its files have " + bytes + " bytes instead of "
                            + record.get().bytes();
                    damaged(chainId, problem, used, forget(chainId, record.get()));
                }
            }
        } finally {
            snapshots.release(chainId);
        }
    }

    private void compare(
            List<Digest> chain, Digest diffId, Descriptor blob, Path tree, SnapshotRecord record, boolean used)
            throws IOException {
        Digest chainId = chain.getLast();
        snapshots.trees().discard(spare());
        Files.createDirectory(spare());
        long bytes;
        try (InputStream in = Channels.newInputStream(snapshots.content().open(blob.digest()));
                UnpackedLayer fresh = LayerUnpacker.unpack(in, spare(), snapshots.limits(), read -> {})) {
            if (!fresh.diffId().equals(diffId)) {
                inspection.lost(
                        "layer " + chainId,
                        "its blob " + blob.digest() + " has the diff ID " + fresh.diffId()
                                + ", which the image does not name",
                        "remove the image");
                return;
            }
            fresh.complete(snapshots.lowerDirs(chain.subList(0, chain.size() - 1)));
            bytes = fresh.bytes();
        } catch (IOException e) {
            inspection.lost("layer " + chainId, "it could not be verified: " + e.getMessage(), "check again");
            return;
        }
        Optional<String> difference = TreeComparison.difference(tree, spare());
        if (difference.isPresent()) {
            damaged(
                    chainId,
                    difference.get(),
                    used,
                    new Mending("unpacked again", () -> snapshots.replace(record, spare(), bytes)));
        } else if (record.bytes() != bytes) {
            damaged(
                    chainId,
                    "its record tells of " + record.bytes() + " bytes instead of " + bytes,
                    false,
                    new Mending("corrected", () -> snapshots.commit(chainId, tree, bytes)));
        }
    }

    private record Mending(String done, Inspection.Repair repair) {}

    private Mending forget(Digest chainId, SnapshotRecord record) {
        return new Mending("removed, to be unpacked when it is needed", () -> snapshots.remove(chainId, record));
    }

    private boolean isHeldByOthers(Digest chainId) throws IOException {
        Optional<SnapshotRecord> record = snapshots.trusted(chainId).filter(SnapshotRecord::shared);
        return record.isPresent()
                && snapshots.trees().pool().isPresent()
                && snapshots.trees().pool().get().isHeldByOthers(record.get());
    }

    private void damaged(Digest chainId, String problem, boolean used, Mending mending) throws IOException {
        String subject = "layer " + chainId;
        boolean others = isHeldByOthers(chainId);
        if (used || others || !inspection.repairsDamage()) {
            unsound.add(chainId);
        }
        if (used) {
            inspection.lost(subject, problem, "containers run on it: stop them and check again");
        } else if (others) {
            inspection.lost(
                    subject,
                    problem,
                    "other slots of the cache use it, too: remove its images there, or those slots, and check again");
        } else {
            inspection.damaged(subject, problem, mending.done(), mending.repair());
        }
    }

    /**
     * Removes what is left of layers that were not finished, and of those that nobody needs.
     *
     * @param needed by an image or a container
     */
    public void sweep(Predicate<Digest> needed) throws IOException {
        Set<String> recorded = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(snapshots.records())) {
            for (Path file : files) {
                record(file, needed).ifPresent(recorded::add);
            }
        }
        try (DirectoryStream<Path> directories =
                Files.newDirectoryStream(snapshots.trees().own())) {
            for (Path directory : directories) {
                String name = String.valueOf(directory.getFileName());
                if (!Snapshots.isTreesName(name)) {
                    inspection.foreign("directory", directory);
                } else if (!recorded.contains(name) && !name.equals(Snapshots.SPARE)) {
                    orphan(name, directory);
                }
            }
        }
        if (snapshots.trees().pool().isPresent()) {
            sweep(snapshots.trees().pool().get());
        }
    }

    private void sweep(LayerPool pool) throws IOException {
        for (Path foreign : pool.foreign()) {
            inspection.foreign("file", foreign);
        }
        for (Path orphan : pool.orphans()) {
            inspection.unfinished(
                    "directory " + orphan,
                    "no slot of the cache has these files of a layer",
                    "removed",
                    () -> pool.removeOrphan(orphan));
        }
    }

    private void orphan(String name, Path directory) {
        if (snapshots.trees().claim(name)) { // else it is just being made
            try {
                if (!Files.exists(snapshots.recordFile(name))) {
                    inspection.unfinished(
                            "directory " + directory,
                            "these files of a layer are not recorded",
                            "removed",
                            () -> snapshots.trees().discard(directory));
                }
            } finally {
                snapshots.trees().end(directory);
            }
        }
    }

    /** Looks at one record; gives the name of its tree where both are to stay. */
    private Optional<String> record(Path file, Predicate<Digest> needed) throws IOException {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.json(\\.new)?$", "");
        if (!Snapshots.isRecordsName(name)) {
            inspection.foreign("file", file);
            return Optional.empty();
        }
        if (RecordFile.isUnfinished(file)) {
            unfinished(file, name);
            return Optional.empty();
        }
        Optional<SnapshotRecord> read = Snapshots.readRecord(file)
                .filter(record ->
                        Snapshots.recordFile(snapshots.records(), record).equals(file));
        if (read.isEmpty()) {
            unreadable(file);
            return Optional.empty();
        }
        SnapshotRecord record = read.get();
        Inspection.Repair removal = () -> {
            snapshots.reserve(record.chainId());
            try {
                snapshots.remove(record.chainId(), record);
            } finally {
                snapshots.release(record.chainId());
            }
        };
        if (!needed.test(record.chainId())) {
            inspection.unfinished(
                    "layer " + record.chainId(), "no image and no container needs it", "removed", removal);
            return Optional.empty();
        }
        if (!snapshots.counts(record)) {
            inspection.unfinished(
                    "layer " + record.chainId(),
                    snapshots.trees().isPoolsAndGone(record)
                            ? "its files were in a cache of slots, and are not there now"
                            : "it was not yet on the disk when the host went down",
                    "removed, to be unpacked when it is needed",
                    removal);
            return Optional.empty();
        }
        return Optional.of(name);
    }

    /** A record that was not finished, unless it is just being written, for a new layer or for one that is here. */
    private void unfinished(Path file, String name) throws IOException {
        if (!snapshots.trees().claim(name)) {
            return;
        }
        Optional<Digest> layer = Snapshots.readRecord(snapshots.recordFile(name))
                .map(SnapshotRecord::chainId)
                .or(() -> Snapshots.chainId(name));
        try {
            if (layer.isPresent()) {
                snapshots.reserve(layer.get());
            }
            if (Files.exists(file)) {
                inspection.unfinished("file " + file, "it was not finished", "removed", () -> RecordFile.delete(file));
            }
        } finally {
            layer.ifPresent(snapshots::release);
            snapshots.trees().end(snapshots.trees().own().resolve(name));
        }
    }

    private void unreadable(Path file) throws IOException {
        String subject = "record " + file;
        Inspection.Repair removal = () -> RecordFile.delete(file);
        if (Files.size(file) == 0) {
            inspection.unfinished(subject, "it was not yet on the disk when the host went down", "removed", removal);
        } else {
            inspection.damaged(
                    subject, "it cannot be understood", "removed, its layer to be unpacked when needed", removal);
        }
    }

    private Path spare() {
        return snapshots.trees().own().resolve(Snapshots.SPARE);
    }
}
