package dev.berth.build.files;

import dev.berth.image.content.RecordFile;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is in the files of contexts that clients have sent, so that their next builds send only what has changed: of each
 * context, of those that were built last, one file of data, which new data is put behind, and an index of it. It can all be
 * sent again: what is damaged is as if it were not there. Safe for use by many threads.
 */
public final class SentContexts {
    private static final int MOST_CONTEXTS = 32;
    private static final int ID_CHARS = 25;
    /** How long a build waits for another one of the same context to have received it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** So much that no file has need not be cleared up. */
    private static final long WASTE_BYTES = 64L << 20;

    private static final String INDEX = ".index";
    private static final String DATA = ".data";

    private final Path directory;
    private final Set<String> arriving = new HashSet<>();

    private SentContexts(Path directory) {
        this.directory = directory;
    }

    /**
     * Those of a directory, which is made when there is something to keep. What a crash has left of others is removed.
     */
    public static SentContexts open(Path directory) throws IOException {
        SentContexts contexts = new SentContexts(directory);
        if (Files.isDirectory(directory)) {
            Set<String> known = new HashSet<>();
            contexts.list().forEach(kept -> known.add(kept.id()));
            try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
                for (Path file : files) {
                    if (RecordFile.isUnfinished(file) || !known.contains(id(file))) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
        return contexts;
    }

    private static String id(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, Math.min(ID_CHARS, name.length()));
    }

    /** What is kept of one context. */
    public record Kept(String id, long bytes, Instant lastUsed, boolean inUse) {}

    /** Of all contexts, those used last first. */
    public synchronized List<Kept> list() throws IOException {
        List<Kept> all = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + INDEX)) {
            for (Path file : files) {
                String id = id(file);
                long bytes = Files.size(file);
                for (Path data : data(id)) {
                    bytes += Files.size(data);
                }
                Instant used = Files.getLastModifiedTime(file).toInstant();
                all.add(new Kept(id, bytes, used, arriving.contains(id)));
            }
        } catch (NoSuchFileException e) {
            return List.of(); // there never were any, or somebody forgets them at this moment
        }
        all.sort(Comparator.comparing(Kept::lastUsed).reversed());
        return all;
    }

    /** Forgets a context, unless it is received just now; gives whether there was one. Builds that have it go on. */
    public synchronized boolean remove(String id) throws IOException {
        if (arriving.contains(id)) {
            return false;
        }
        return forget(id);
    }

    private boolean forget(String id) throws IOException {
        boolean was = Files.deleteIfExists(index(id));
        for (Path file : data(id)) {
            Files.deleteIfExists(file);
        }
        return was;
    }

    private List<Path> data(String id) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, id + "-*" + DATA)) {
            List<Path> found = new ArrayList<>();
            files.forEach(found::add);
            return found;
        }
    }

    private Path index(String id) {
        return directory.resolve(id + INDEX);
    }

    private Path data(String id, long generation) {
        return directory.resolve(id + "-" + generation + DATA);
    }

    /**
     * Begins to receive a context.
     *
     * @param key by which its client knows it again
     * @param scratch a file to make, which goes with the tree, where another build receives the same one
     */
    public Arrival begin(String key, Path scratch) throws IOException, InterruptedException {
        String id = Digest.sha256(key.getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID_CHARS);
        if (!claim(id)) {
            return unkept(scratch);
        }
        try {
            return open(id);
        } catch (IOException | RuntimeException e) {
            release(id);
            throw e;
        }
    }

    /** Begins to receive one that is not kept: all of it is sent, and its file goes with the tree. */
    public static Arrival unkept(Path scratch) throws IOException {
        FileChannel data = FileChannel.open(
                scratch, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        SentIndex nothing = new SentIndex(0, 0, Map.of());
        return new Arrival(nothing, new ContextTree(data, 0, Optional.of(scratch)), Optional.empty());
    }

    private synchronized boolean claim(String id) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (arriving.contains(id)) {
            long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return arriving.add(id);
    }

    private synchronized void release(String id) {
        arriving.remove(id);
        notifyAll();
    }

    private Arrival open(String id) throws IOException {
        Files.createDirectories(directory);
        Optional<SentIndex> known = SentIndex.read(index(id));
        if (known.isPresent()) {
            Path file = data(id, known.get().generation());
            if (Files.isRegularFile(file) && Files.size(file) >= known.get().end()) {
                return arrival(id, known.get(), file, StandardOpenOption.WRITE);
            }
        }
        forget(id);
        return arrival(id, new SentIndex(0, 0, Map.of()), data(id, 0), StandardOpenOption.CREATE_NEW);
    }

    private Arrival arrival(String id, SentIndex before, Path file, StandardOpenOption how) throws IOException {
        FileChannel data = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE, how);
        try {
            data.truncate(before.end());
            ContextTree tree = new ContextTree(data, before.end(), Optional.empty());
            return new Arrival(before, tree, Optional.of(new Keeping(id)));
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /** A context on its way, and what was known before. For one thread, which closes it; the tree is the caller's. */
    public static final class Arrival implements AutoCloseable {
        private final SentIndex before;
        private final ContextTree tree;
        private final Optional<Keeping> keeping;
        private final Map<Fingerprint, SentIndex.Place> used = new LinkedHashMap<>();
        private boolean changed;

        private Arrival(SentIndex before, ContextTree tree, Optional<Keeping> keeping) {
            this.before = before;
            this.tree = tree;
            this.keeping = keeping;
        }

        ContextTree tree() {
            return tree;
        }

        /** What is here of a file of which the same is told. */
        Optional<SentIndex.Place> find(Fingerprint told) {
            Optional<SentIndex.Place> place =
                    Optional.ofNullable(before.places().get(told));
            place.ifPresent(known -> used.put(told, known));
            return place;
        }

        void put(Fingerprint told, SentIndex.Place place) {
            used.put(told, place);
            changed = true;
        }

        /** All data is here: it is kept for the next build. */
        void whole() throws IOException {
            if (keeping.isPresent()) {
                keeping.get().keep(before, used, changed, tree);
            }
        }

        @Override
        public void close() throws IOException {
            if (keeping.isPresent()) {
                keeping.get().close();
            }
        }
    }

    /** What becomes of a context that nobody else receives until this is closed. */
    private final class Keeping implements AutoCloseable {
        private final String id;
        private boolean kept;

        Keeping(String id) {
            this.id = id;
        }

        /** What cannot be kept is forgotten: the next build must not write where this one reads. */
        void keep(SentIndex before, Map<Fingerprint, SentIndex.Place> used, boolean changed, ContextTree tree)
                throws IOException {
            kept = true;
            try {
                if (changed) {
                    save(before, used, tree);
                } else if (Files.exists(index(id))) {
                    Files.setLastModifiedTime(index(id), FileTime.from(Instant.now()));
                }
            } catch (IOException e) {
                System.getLogger(SentContexts.class.getName())
                        .log(System.Logger.Level.DEBUG, "a context is not kept: {0}", e.getMessage());
                forget(id);
            }
        }

        private void save(SentIndex before, Map<Fingerprint, SentIndex.Place> used, ContextTree tree)
                throws IOException {
            long live = used.values().stream().mapToLong(SentIndex.Place::size).sum();
            SentIndex index;
            if (tree.end() > 2 * live + WASTE_BYTES) {
                index = cleared(before.generation() + 1, used, tree);
            } else {
                Map<Fingerprint, SentIndex.Place> all = new LinkedHashMap<>(used);
                before.places().forEach(all::putIfAbsent);
                tree.sync();
                index = new SentIndex(before.generation(), tree.end(), all);
            }
            RecordFile.writeVolatile(index(id), index.write());
            for (Path file : data(id)) {
                if (!file.equals(data(id, index.generation()))) {
                    Files.deleteIfExists(file);
                }
            }
            for (Kept old : list().stream().skip(MOST_CONTEXTS).toList()) {
                remove(old.id());
            }
        }

        /** The same in a new file, without what this build has no use for. Builds that read the old one still have it open. */
        private SentIndex cleared(long generation, Map<Fingerprint, SentIndex.Place> used, ContextTree tree)
                throws IOException {
            Map<Fingerprint, SentIndex.Place> moved = new LinkedHashMap<>();
            try (FileChannel out =
                    FileChannel.open(data(id, generation), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (Map.Entry<Fingerprint, SentIndex.Place> each : used.entrySet()) {
                    SentIndex.Place place = each.getValue();
                    moved.put(each.getKey(), new SentIndex.Place(out.position(), place.size(), place.digest()));
                    tree.copy(place.offset(), place.size(), out);
                }
                out.force(false);
                return new SentIndex(generation, out.position(), moved);
            }
        }

        /** Of one that has not come as a whole, what has come goes. */
        @Override
        public void close() throws IOException {
            try {
                if (!kept) {
                    discard();
                }
            } finally {
                release(id);
            }
        }

        private void discard() throws IOException {
            Optional<SentIndex> before = SentIndex.read(index(id));
            if (before.isEmpty()) {
                forget(id);
                return;
            }
            try (FileChannel data = FileChannel.open(data(id, before.get().generation()), StandardOpenOption.WRITE)) {
                data.truncate(before.get().end());
            }
        }
    }
}
