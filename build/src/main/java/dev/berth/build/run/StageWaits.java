package dev.berth.build.run;

import java.util.HashMap;
import java.util.Map;

/**
 * Which stages of a build wait for which. Circles that the Dockerfile shows are refused before it is built; those that come of
 * a base's ONBUILD triggers are seen here, where the last of their waits begins. Safe for use by many threads.
 */
final class StageWaits {
    private final Map<Integer, Integer> waits = new HashMap<>();

    /** Has a stage wait for another one; gives whether it may: it must not where that waits for it. */
    synchronized boolean begin(int stage, int other) {
        for (Integer at = other; at != null; at = waits.get(at)) {
            if (at == stage) {
                return false;
            }
        }
        waits.put(stage, other);
        return true;
    }

    synchronized void end(int stage) {
        waits.remove(stage);
    }
}
