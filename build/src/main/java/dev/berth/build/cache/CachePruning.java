package dev.berth.build.cache;

import dev.berth.engine.Engine;
import dev.berth.engine.config.PointInTime;
import dev.berth.engine.error.EngineException;
import dev.berth.image.Image;
import dev.berth.image.oci.ChainId;
import dev.berth.image.oci.Digest;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Forgets what steps came to. */
public final class CachePruning {
    private static final Set<String> FILTERS = Set.of("until", "unused-for", "id");

    private final Engine engine;
    private final BuildCache cache;

    public CachePruning(Engine engine, BuildCache cache) {
        this.engine = engine;
        this.cache = cache;
    }

    /**
     * As {@link dev.berth.build.Builder#prune}.
     *
     * @param busySince what was used after that stays
     */
    public PrunedCache run(Map<String, List<String>> filters, boolean all, Optional<Long> keepBytes, Instant busySince)
            throws IOException {
        Instant before = before(filters, busySince);
        List<String> ids = filters.getOrDefault("id", List.of());
        Set<Digest> shown = all ? Set.of() : shown();
        long kept = 0;
        long freed = 0;
        List<Digest> deleted = new ArrayList<>();
        Set<Digest> images = new HashSet<>();
        for (CacheRecord record : cache.list()) {
            kept += record.bytes();
            boolean meant = record.lastUsed().isBefore(before)
                    && (ids.isEmpty() || ids.stream().anyMatch(record.key().hex()::startsWith));
            boolean tooMuch = keepBytes.isEmpty() || kept > keepBytes.get();
            if (meant && tooMuch && !isOf(record, shown) && cache.remove(record)) {
                deleted.add(record.key());
                images.add(record.image());
                freed += record.bytes();
            }
        }
        cache.list().forEach(left -> images.remove(left.image()));
        for (Digest image : images) {
            UnkeptSteps.remove(engine, image);
        }
        return new PrunedCache(deleted, freed);
    }

    private static Instant before(Map<String, List<String>> filters, Instant busySince) {
        for (String name : filters.keySet()) {
            if (!FILTERS.contains(name)) {
                throw EngineException.invalid("invalid filter '" + name + "'");
            }
        }
        Instant before = busySince;
        for (String name : List.of("until", "unused-for")) {
            for (String value : filters.getOrDefault(name, List.of())) {
                Instant time = PointInTime.parse(name, value);
                before = time.isBefore(before) ? time : before;
            }
        }
        return before;
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
