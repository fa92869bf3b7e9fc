package dev.berth.build.cache;

import dev.berth.build.files.FileDigests;
import dev.berth.build.files.SentContexts;
import dev.berth.engine.Engine;
import dev.berth.image.Image;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that builds leave for later ones: listed, and forgotten. */
public final class CachePruning {
    private final Engine engine;
    private final BuildCache cache;
    private final CacheDirectories directories;
    private final FileDigests digests;
    private final SentContexts sent;

    public CachePruning(
            Engine engine, BuildCache cache, CacheDirectories directories, FileDigests digests, SentContexts sent) {
        this.engine = engine;
        this.cache = cache;
        this.directories = directories;
        this.digests = digests;
        this.sent = sent;
    }

    /** An entry, and how it is forgotten. */
    private record Forgettable(CacheEntry entry, Forgetting forgetting) {}

    private interface Forgetting {
        /** Gives whether it was there, and not used since. */
        boolean forget() throws IOException;
    }

    /** What there is, that used last first. */
    public List<CacheEntry> list() throws IOException {
        return all(new HashSet<>()).stream().map(Forgettable::entry).toList();
    }

    /**
     * As {@link dev.berth.build.Builder#prune}.
     *
     * @param busySince what was used after that stays
     */
    public PrunedCache run(CacheFilter filter, boolean all, CacheBounds bounds, Instant busySince) throws IOException {
        CacheFilter idle = filter.before(busySince);
        long kept = 0;
        List<CacheEntry> deleted = new ArrayList<>();
        Set<Digest> images = new HashSet<>();
        List<Forgettable> found = all(images);
        long total = found.stream().mapToLong(each -> each.entry().bytes()).sum();
        Optional<Long> keepBytes = bounds.kept(total, cache.freeBytes());
        for (Forgettable each : found) {
            CacheEntry entry = each.entry();
            kept += entry.bytes();
            boolean spared = !all && (entry.shared() || entry.type() == CacheEntry.Type.FOLDER);
            boolean tooMuch = keepBytes.isEmpty() || kept > keepBytes.get();
            if (tooMuch
                    && !spared
                    && !entry.inUse()
                    && idle.means(entry)
                    && each.forgetting().forget()) {
                deleted.add(entry);
            }
        }
        cache.list().forEach(left -> images.remove(left.image()));
        for (Digest image : images) {
            UnkeptSteps.remove(engine, image);
        }
        return new PrunedCache(deleted);
    }

    /** @param forgotten is given the images of steps that are forgotten */
    private List<Forgettable> all(Set<Digest> forgotten) throws IOException {
        List<Forgettable> all = new ArrayList<>();
        Set<Digest> shown = shown();
        for (CacheRecord record : cache.list()) {
            all.add(new Forgettable(record.entry(isOf(record, shown)), () -> forget(record, forgotten)));
        }
        for (CacheDirectories.Kept kept : directories.list()) {
            all.add(new Forgettable(kept.entry(), () -> directories.remove(kept)));
        }
        addSources(all);
        all.sort(Comparator.comparing((Forgettable each) -> each.entry().lastUsed())
                .reversed());
        return all;
    }

    /** What is known of contexts. */
    private void addSources(List<Forgettable> all) throws IOException {
        for (FileDigests.Kept kept : digests.list()) {
            CacheEntry entry = source(
                    kept.id(),
                    CacheEntry.Type.FOLDER,
                    "digests of a context's files",
                    kept.bytes(),
                    kept.lastUsed(),
                    false);
            all.add(new Forgettable(entry, () -> digests.remove(kept.id())));
        }
        for (SentContexts.Kept kept : sent.list()) {
            CacheEntry entry = source(
                    kept.id(),
                    CacheEntry.Type.CONTEXT,
                    "files of a context that a client has sent",
                    kept.bytes(),
                    kept.lastUsed(),
                    kept.inUse());
            all.add(new Forgettable(entry, () -> sent.remove(kept.id())));
        }
    }

    private static CacheEntry source(
            String id, CacheEntry.Type type, String description, long bytes, Instant lastUsed, boolean inUse) {
        return new CacheEntry(id, type, description, bytes, lastUsed, lastUsed, 1, inUse, false);
    }

    private boolean forget(CacheRecord record, Set<Digest> forgotten) throws IOException {
        boolean removed = cache.remove(record);
        if (removed) {
            forgotten.add(record.image());
        }
        return removed;
    }

    /** The stacks of layers that images are made of, for whatever platforms. */
    private Set<Digest> shown() throws IOException {
        Set<Digest> shown = new HashSet<>();
        for (Image image : engine.images().store().ofAllPlatforms()) {
            shown.addAll(ChainId.of(image.config().diffIds()));
            shown.add(image.id());
        }
        return shown;
    }

    private boolean isOf(CacheRecord record, Set<Digest> shown) throws IOException {
        Optional<Image> image = engine.images().store().byId(record.image());
        return image.isPresent()
                && (shown.contains(record.image())
                        || (!image.get().config().diffIds().isEmpty()
                                && shown.contains(
                                        ChainId.of(image.get().config().diffIds())
                                                .getLast())));
    }
}
