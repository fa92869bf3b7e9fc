package dev.berth.build.cache.transfer;

import dev.berth.image.oci.Digest;
import dev.berth.image.oci.ImageException;
import dev.berth.image.oci.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a step came to, as others are told. Settings are not among it: who asks by a key knows them, and makes the image's
 * configuration of its own with the times that are told here.
 *
 * @param keys of what it was made of
 * @param next the key that further steps go on from
 * @param layer which of the cache's layers it made; empty where it changed no file
 * @param created when
 * @param times of the entries of its image's history, in RFC 3339 or empty
 * @param description the step as the user knows it
 */
record CacheStep(
        List<Digest> keys, Digest next, OptionalInt layer, Instant created, List<String> times, String description) {
    private static final int MOST_KEYS = 8;
    /** Of what is shown alone. */
    static final int DESCRIPTION_CHARS = 4_096;

    CacheStep {
        keys = List.copyOf(keys);
        times = List.copyOf(times);
    }

    Map<String, Object> toTree() {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("keys", keys.stream().map(Digest::toString).toList());
        tree.put("next", next.toString());
        layer.ifPresent(index -> tree.put("layer", index));
        tree.put("created", created.toString());
        tree.put("times", times);
        tree.put("description", description);
        return tree;
    }

    /** @param layers how many there are */
    static CacheStep read(JsonObject object, int layers) throws ImageException {
        List<Digest> keys = new ArrayList<>();
        for (String key : object.strings("keys")) {
            keys.add(Digest.parse(key));
        }
        if (keys.isEmpty() || keys.size() > MOST_KEYS) {
            throw object.wrong("keys", "has " + keys.size() + " elements");
        }
        OptionalInt layer = OptionalInt.empty();
        if (object.has("layer")) {
            long index = object.requiredLong("layer");
            if (index < 0 || index >= layers) {
                throw object.wrong("layer", "is " + index + ", and there are " + layers);
            }
            layer = OptionalInt.of((int) index);
        }
        String description = object.string("description");
        return new CacheStep(
                keys,
                object.digest("next"),
                layer,
                time(object, "created", object.requiredString("created")),
                times(object),
                description.substring(0, Math.min(description.length(), DESCRIPTION_CHARS)));
    }

    private static List<String> times(JsonObject object) throws ImageException {
        List<String> times = object.strings("times");
        for (String time : times) {
            if (!time.isEmpty()) {
                time(object, "times", time);
            }
        }
        return times;
    }

    private static Instant time(JsonObject object, String name, String text) throws ImageException {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw object.wrong(name, "has what is not a time");
        }
    }
}
