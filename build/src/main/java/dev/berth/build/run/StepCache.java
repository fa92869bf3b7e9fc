package dev.berth.build.run;

import dev.berth.build.cache.BuildCache;
import dev.berth.build.cache.transfer.ImportedCaches;
import dev.berth.build.cache.transfer.StepRecords;
import dev.berth.image.Image;
import dev.berth.image.StepOptions;
import dev.berth.image.oci.Digest;
import dev.berth.image.oci.History;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Where a build for one platform looks for what its steps came to: in the builder's own cache, and in those that it was given.
 * It notes what it has found, and what was made, for those caches that it is to write. Safe for use by many threads.
 *
 * @param use whether anything is looked for
 * @param made what the same request has made, for another platform too: it is taken again whatever was asked for
 * @param imported what is found there is not here until it is {@linkplain #settle settled}
 * @param flights the steps of all those that may take from each other what they came to
 */
record StepCache(
        BuildCache cache,
        boolean use,
        Set<Digest> made,
        ImportedCaches imported,
        StepFlights flights,
        StepRecords records) {
    /**
     * What a step came to when it was last made of the same.
     *
     * @param stage whose step it is
     * @param base what it was done upon
     * @param wanted what an image of it is given now, its history with the step's own entry
     * @param layered whether the step may have a layer
     */
    Optional<BuildCache.Found> find(int stage, Digest key, Optional<Image> base, StepOptions wanted, boolean layered)
            throws IOException {
        if (!use && !made.contains(key)) {
            return Optional.empty();
        }
        Optional<BuildCache.Found> own = cache.find(key).filter(found -> isUpon(base, found.image(), layered));
        Optional<BuildCache.Found> found = own.isPresent() ? own : imported.find(key, base, wanted, layered);
        found.ifPresent(step -> note(stage, List.of(step.next(), key), step.next(), step.image(), layered));
        return found;
    }

    /** Whether an image has the layers of its base, and at most one more: a key that a foreign cache made up may lead anywhere. */
    private static boolean isUpon(Optional<Image> base, Image image, boolean layered) {
        List<Digest> below = base.map(from -> from.config().diffIds()).orElse(List.of());
        List<Digest> all = image.config().diffIds();
        int more = all.size() - below.size();
        return more >= 0
                && more <= (layered ? 1 : 0)
                && all.subList(0, below.size()).equals(below);
    }

    /** Keeps what a step has come to. */
    void put(int stage, List<Digest> keys, Image image, String description, long bytes, boolean layered)
            throws IOException {
        Digest next = keys.getFirst();
        made.addAll(keys);
        for (Digest key : keys) {
            cache.put(key, next, image, description, key.equals(next) ? bytes : 0);
        }
        note(stage, keys, next, image, layered);
    }

    private void note(int stage, List<Digest> keys, Digest next, Image image, boolean layered) {
        List<History> history = image.config().history();
        boolean layer = layered && !history.isEmpty() && !history.getLast().emptyLayer();
        records.add(stage, new StepRecords.Step(keys.stream().distinct().toList(), next, image, layer));
    }

    /** The image as one that is here. */
    Image settle(Image image) throws IOException {
        return imported.settle(image);
    }

    /** What the steps of some stages came to, all of it here. */
    List<StepRecords.Step> steps(IntPredicate stages) throws IOException {
        List<StepRecords.Step> here = new ArrayList<>();
        for (StepRecords.Step step : records.of(stages)) {
            here.add(step.on(imported.settle(step.image())));
        }
        return here;
    }
}
