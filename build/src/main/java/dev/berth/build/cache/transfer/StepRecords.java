package dev.berth.build.cache.transfer;

import dev.berth.image.Image;
import dev.berth.image.oci.Digest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/** What the steps of one build came to, to be written to caches. Safe for use by many threads. */
public final class StepRecords {
    private final Map<Integer, Map<Digest, Step>> stages = new TreeMap<>();

    /**
     * A step.
     *
     * @param next the key that further steps go on from
     * @param layered whether the last of the image's layers is the step's
     */
    public record Step(List<Digest> keys, Digest next, Image image, boolean layered) {
        public Step {
            keys = List.copyOf(keys);
        }

        /** The same of an image that is here. */
        public Step on(Image other) {
            return new Step(keys, next, other, layered);
        }
    }

    /** @param stage its number in the Dockerfile */
    public synchronized void add(int stage, Step step) {
        stages.computeIfAbsent(stage, _ -> new LinkedHashMap<>())
                .putIfAbsent(step.keys().getFirst(), step);
    }

    /** The steps of some stages, in the Dockerfile's order. */
    public synchronized List<Step> of(IntPredicate wanted) {
        List<Step> steps = new ArrayList<>();
        stages.forEach((stage, made) -> {
            if (wanted.test(stage)) {
                steps.addAll(made.values());
            }
        });
        return steps;
    }
}
