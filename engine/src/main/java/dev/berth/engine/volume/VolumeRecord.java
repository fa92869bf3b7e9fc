package dev.berth.engine.volume;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A volume as its file of state has it.
 *
 * @param options of its driver; empty where nothing was said of them, which is told apart from none
 * @param labels likewise
 * @param madeFor the id of the container that it was made for, until that is made too
 */
@Json
record VolumeRecord(
        String name,
        Instant created,
        Optional<Map<String, String>> options,
        Optional<Map<String, String>> labels,
        String madeFor) {
    @SuppressWarnings("OptionalAssignedToNull") // what JSON left out
    VolumeRecord {
        options = options == null ? Optional.empty() : options;
        labels = labels == null ? Optional.empty() : labels;
        madeFor = madeFor == null ? "" : madeFor;
    }

    VolumeRecord settled() {
        return new VolumeRecord(name, created, options, labels, "");
    }
}
